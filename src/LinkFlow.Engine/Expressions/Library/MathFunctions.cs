using System.Numerics;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary><c>Math</c>.</summary>
internal static class MathFunctions
{
    public static NamespaceObject Namespace { get; } = new("Math", new MethodTable("Math", Functions()))
    {
        Constants = new Dictionary<string, Value>
        {
            ["PI"] = Math.PI, ["E"] = Math.E, ["LN2"] = 0.6931471805599453, ["LN10"] = 2.302585092994046,
            ["LOG2E"] = 1.4426950408889634, ["LOG10E"] = 0.4342944819032518, ["SQRT2"] = 1.4142135623730951, ["SQRT1_2"] = 0.7071067811865476,
        },
    };

    public static Value Max(Run run, Value self, ReadOnlySpan<Value> arguments) => Extreme(run, arguments, double.NegativeInfinity, Math.Max);
    public static Value Min(Run run, Value self, ReadOnlySpan<Value> arguments) => Extreme(run, arguments, double.PositiveInfinity, Math.Min);

    private static Value Extreme(Run run, ReadOnlySpan<Value> arguments, double start, Func<double, double, double> choose)
    {
        run.Steps(arguments.Length);
        foreach (var argument in arguments) start = choose(start, Coercion.ToNumber(run, argument));
        return start;
    }

    private static Dictionary<string, NativeMethod> Functions() => new()
    {
        ["max"] = Max,
        ["min"] = Min,
        ["random"] = (run, _, _) => run.Scope.NextRandom(),
        ["round"] = Of(Round),
        ["abs"] = Of(Math.Abs), ["ceil"] = Of(Math.Ceiling), ["floor"] = Of(Math.Floor), ["trunc"] = Of(Math.Truncate),
        ["sign"] = Of(x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)),
        ["sqrt"] = Of(Math.Sqrt), ["cbrt"] = Of(CubeRoot), ["exp"] = Of(Math.Exp), ["expm1"] = Of(x => Math.Abs(x) < 1e-5 ? x + x * x / 2 + x * x * x / 6 : Math.Exp(x) - 1),
        ["log"] = Of(Math.Log), ["log2"] = Of(Math.Log2), ["log10"] = Of(Math.Log10), ["log1p"] = Of(x => Math.Abs(x) < 1e-5 ? x - x * x / 2 + x * x * x / 3 : Math.Log(1 + x)),
        ["sin"] = Of(Math.Sin), ["cos"] = Of(Math.Cos), ["tan"] = Of(Math.Tan), ["asin"] = Of(Math.Asin), ["acos"] = Of(Math.Acos), ["atan"] = Of(Math.Atan),
        ["sinh"] = Of(Math.Sinh), ["cosh"] = Of(Math.Cosh), ["tanh"] = Of(Math.Tanh), ["asinh"] = Of(Math.Asinh), ["acosh"] = Of(Math.Acosh), ["atanh"] = Of(Math.Atanh),
        ["fround"] = Of(x => (float)x),
        ["clz32"] = Of(x => BitOperations.LeadingZeroCount(Coercion.ToUint32(x))),
        ["atan2"] = (run, _, args) => Math.Atan2(Coercion.ToNumber(run, args.At(0)), Coercion.ToNumber(run, args.At(1))),
        ["pow"] = (run, _, args) => Operators.Power(Coercion.ToNumber(run, args.At(0)), Coercion.ToNumber(run, args.At(1))),
        ["imul"] = (run, _, args) => unchecked(Coercion.ToInt32(Coercion.ToNumber(run, args.At(0))) * Coercion.ToInt32(Coercion.ToNumber(run, args.At(1)))),
        ["hypot"] = Hypot,
    };

    private static NativeMethod Of(Func<double, double> function) => (run, _, args) => function(Coercion.ToNumber(run, args.At(0)));

    /// <summary>Halves go up, also below zero.</summary>
    public static double Round(double x)
    {
        var floor = Math.Floor(x);
        var rounded = x - floor >= 0.5 ? floor + 1 : floor;
        return rounded == 0 && double.IsNegative(x) ? -0.0 : rounded;
    }

    /// <summary>Exact where the root is whole.</summary>
    private static double CubeRoot(double x)
    {
        var root = Math.Cbrt(x);
        var whole = Math.Round(root);
        return whole * whole * whole == x ? whole : root;
    }

    private static Value Hypot(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        run.Steps(arguments.Length);
        double sum = 0, greatest = 0;
        foreach (var argument in arguments) greatest = Math.Max(greatest, Math.Abs(Coercion.ToNumber(run, argument)));
        if (greatest == 0 || !double.IsFinite(greatest)) return greatest;
        foreach (var argument in arguments)
        {
            var part = Coercion.ToNumber(run, argument) / greatest;
            sum += part * part;
        }

        return Math.Sqrt(sum) * greatest;
    }
}
