using System.Numerics;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary><c>Math</c>.</summary>
internal static class MathFunctions
{
    public static NamespaceObject Namespace { get; } = new("Math", new MethodTable("Math", Functions())
    {
        Description = "Mathematical functions and constants. What is no number is converted to one; what cannot be is NaN.",
        Properties = new PropertyList
        {
            { "PI: number", "The circumference of a circle by its diameter.", "Math.PI", Math.PI },
            { "E: number", "The base of the natural logarithm.", "Math.E", Math.E },
            { "LN2: number", "The natural logarithm of 2.", "Math.LN2", 0.6931471805599453 },
            { "LN10: number", "The natural logarithm of 10.", "Math.LN10", 2.302585092994046 },
            { "LOG2E: number", "The logarithm of e to the base 2.", "Math.LOG2E", 1.4426950408889634 },
            { "LOG10E: number", "The logarithm of e to the base 10.", "Math.LOG10E", 0.4342944819032518 },
            { "SQRT2: number", "The square root of 2.", "Math.SQRT2", 1.4142135623730951 },
            { "SQRT1_2: number", "The square root of ½.", "Math.SQRT1_2", 0.7071067811865476 },
        },
    });

    public static Value Max(Run run, Value self, ReadOnlySpan<Value> arguments) => Extreme(run, arguments, double.NegativeInfinity, Math.Max);
    public static Value Min(Run run, Value self, ReadOnlySpan<Value> arguments) => Extreme(run, arguments, double.PositiveInfinity, Math.Min);

    private static Value Extreme(Run run, ReadOnlySpan<Value> arguments, double start, Func<double, double, double> choose)
    {
        run.Steps(arguments.Length);
        foreach (var argument in arguments) start = choose(start, Coercion.ToNumber(run, argument));
        return start;
    }

    private static MethodList Functions() => new()
    {
        { "abs(x: number): number", "The number without its sign.", "Math.abs(-3.5)", Of(Math.Abs) },
        { "ceil(x: number): number", "The next whole number upwards.", "Math.ceil(4.1)", Of(Math.Ceiling) },
        { "floor(x: number): number", "The next whole number downwards.", "Math.floor(-4.1)", Of(Math.Floor) },
        { "round(x: number): number", "The nearest whole number; halves go up, also below zero.", "Math.round(2.5)", Of(Round) },
        { "trunc(x: number): number", "The number without its decimals.", "Math.trunc(-4.9)", Of(Math.Truncate) },
        { "sign(x: number): number", "1, −1 or 0: the sign of the number.", "Math.sign(-7)", Of(x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)) },
        { "max(...values: number): number", "The greatest of its arguments; −Infinity without any, NaN when one is no number.", "Math.max(3, 9, 4)", Max },
        { "min(...values: number): number", "The least of its arguments; Infinity without any, NaN when one is no number.", "Math.min(...[3, 9, 4])", Min },
        { "random(): number", "A number from 0 to below 1. The same within a run and its repetitions after a crash.", "Math.random()", (run, _, _) => run.Scope.NextRandom() },
        { "pow(base: number, exponent: number): number", "The base to the power of the exponent, as with **.", "Math.pow(2, 10)", (run, _, args) => Operators.Power(Coercion.ToNumber(run, args.At(0)), Coercion.ToNumber(run, args.At(1))) },
        { "sqrt(x: number): number", "The square root; NaN below zero.", "Math.sqrt(81)", Of(Math.Sqrt) },
        { "cbrt(x: number): number", "The cube root.", "Math.cbrt(-27)", Of(CubeRoot) },
        { "hypot(...values: number): number", "The square root of the sum of the squares.", "Math.hypot(3, 4)", Hypot },
        { "exp(x: number): number", "e to the power of x.", "Math.exp(1)", Of(Math.Exp) },
        { "expm1(x: number): number", "e to the power of x, less 1; exact near zero.", "Math.expm1(0)", Of(ExpLessOne) },
        { "log(x: number): number", "The natural logarithm; NaN below zero.", "Math.log(Math.E)", Of(Math.Log) },
        { "log2(x: number): number", "The logarithm to the base 2.", "Math.log2(1024)", Of(Math.Log2) },
        { "log10(x: number): number", "The logarithm to the base 10.", "Math.log10(1000)", Of(Math.Log10) },
        { "log1p(x: number): number", "The natural logarithm of 1 + x; exact near zero.", "Math.log1p(0)", Of(LogOfOneMore) },
        { "sin(angle: number): number", "The sine of an angle in radians.", "Math.sin(Math.PI / 2)", Of(Math.Sin) },
        { "cos(angle: number): number", "The cosine of an angle in radians.", "Math.cos(Math.PI)", Of(Math.Cos) },
        { "tan(angle: number): number", "The tangent of an angle in radians.", "Math.tan(0)", Of(Math.Tan) },
        { "asin(x: number): number", "The angle in radians with this sine; NaN beyond −1 to 1.", "Math.asin(1)", Of(Math.Asin) },
        { "acos(x: number): number", "The angle in radians with this cosine; NaN beyond −1 to 1.", "Math.acos(1)", Of(Math.Acos) },
        { "atan(x: number): number", "The angle in radians with this tangent.", "Math.atan(1)", Of(Math.Atan) },
        { "atan2(y: number, x: number): number", "The angle in radians from the x axis to the point (x, y).", "Math.atan2(1, -1)", (run, _, args) => Math.Atan2(Coercion.ToNumber(run, args.At(0)), Coercion.ToNumber(run, args.At(1))) },
        { "sinh(x: number): number", "The hyperbolic sine.", "Math.sinh(0)", Of(Math.Sinh) },
        { "cosh(x: number): number", "The hyperbolic cosine.", "Math.cosh(0)", Of(Math.Cosh) },
        { "tanh(x: number): number", "The hyperbolic tangent.", "Math.tanh(0)", Of(Math.Tanh) },
        { "asinh(x: number): number", "The inverse of the hyperbolic sine.", "Math.asinh(0)", Of(Math.Asinh) },
        { "acosh(x: number): number", "The inverse of the hyperbolic cosine; NaN below 1.", "Math.acosh(1)", Of(Math.Acosh) },
        { "atanh(x: number): number", "The inverse of the hyperbolic tangent; NaN beyond −1 to 1.", "Math.atanh(0)", Of(Math.Atanh) },
        { "fround(x: number): number", "The nearest number of 32 bits.", "Math.fround(5.5)", Of(x => (float)x) },
        { "f16round(x: number): number", "The nearest number of 16 bits.", "Math.f16round(5.05)", Of(x => (double)(Half)x) },
        { "clz32(x: number): number", "How many zero bits lead the number as one of 32 bits.", "Math.clz32(1)", Of(x => BitOperations.LeadingZeroCount(Coercion.ToUint32(x))) },
        { "imul(a: number, b: number): number", "The product as whole numbers of 32 bits.", "Math.imul(3, 4)", (run, _, args) => unchecked(Coercion.ToInt32(Coercion.ToNumber(run, args.At(0))) * Coercion.ToInt32(Coercion.ToNumber(run, args.At(1)))) },
    };

    private static NativeMethod Of(Func<double, double> function) => (run, _, args) => function(Coercion.ToNumber(run, args.At(0)));

    /// <summary>Halves go up, also below zero.</summary>
    public static double Round(double x)
    {
        var floor = Math.Floor(x);
        var rounded = x - floor >= 0.5 ? floor + 1 : floor;
        return rounded == 0 && double.IsNegative(x) ? -0.0 : rounded;
    }

    /// <summary>With Kahan's correction for what is lost in x + 1.</summary>
    private static double ExpLessOne(double x)
    {
        var power = Math.Exp(x);
        if (power == 1 || !double.IsFinite(power)) return power == 1 ? x : power;
        var less = power - 1;
        return less == -1 ? -1 : less * (x / Math.Log(power));
    }

    private static double LogOfOneMore(double x)
    {
        var more = 1 + x;
        return more == 1 || double.IsInfinity(more) ? x : Math.Log(more) * (x / (more - 1));
    }

    /// <summary>
    /// As the C library of FreeBSD and V8 compute it (a fifth-degree estimate, rounded to 23 bits, then a step of Newton's),
    /// so that the last digit agrees with theirs.
    /// </summary>
    private static double CubeRoot(double x)
    {
        if (x == 0 || !double.IsFinite(x)) return x;
        var root = Estimate(Math.Abs(x));
        var cubed = root * root * (root / Math.Abs(x));
        root *= 1.87595182427177009643 + cubed * (-1.88497979543377169875 + cubed * 1.621429720105354466140)
            + cubed * cubed * cubed * (-0.758397934778766047437 + cubed * 0.145996192886612446982);
        root = BitConverter.UInt64BitsToDouble((BitConverter.DoubleToUInt64Bits(root) + 0x80000000) & 0xffffffffc0000000);
        var rest = Math.Abs(x) / (root * root);
        root += root * ((rest - root) / (root + root + rest));
        return x < 0 ? -root : root;
    }

    /// <summary>A third of the exponent, good to 5 bits.</summary>
    private static double Estimate(double x)
    {
        var isTiny = x < 2.2250738585072014e-308;
        var high = (uint)(BitConverter.DoubleToUInt64Bits(isTiny ? x * 18014398509481984 : x) >> 32);
        return BitConverter.UInt64BitsToDouble((ulong)(high / 3 + (isTiny ? 696219795u : 715094163u)) << 32);
    }

    private static Value Hypot(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        run.Steps(arguments.Length);
        double sum = 0, greatest = 0;
        foreach (var argument in arguments)
        {
            var size = Math.Abs(Coercion.ToNumber(run, argument));
            if (double.IsInfinity(size)) return size;
            greatest = Math.Max(greatest, size);
        }

        if (greatest == 0 || !double.IsFinite(greatest)) return greatest;
        foreach (var argument in arguments)
        {
            var part = Coercion.ToNumber(run, argument) / greatest;
            sum += part * part;
        }

        return Math.Sqrt(sum) * greatest;
    }
}
