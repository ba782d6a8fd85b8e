using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary>Methods of numbers.</summary>
internal static class NumberMethods
{
    public static MethodList All { get; } = new()
    {
        { "toFixed(digits?: number): string", "With so many digits behind the point, 0 to 100.", "(2.345).toFixed(1)",
            (run, self, args) => DecimalText.Fixed(self.AsNumber, Digits(run, args, 0, 100, 0)) },
        { "toPrecision(digits?: number): string", "With so many significant digits, 1 to 100.", "(1234.5).toPrecision(2)",
            (run, self, args) => args.At(0).IsUndefined ? JavaScriptNumber.ToString(self.AsNumber) : DecimalText.Precision(self.AsNumber, Digits(run, args, 1, 100, 1)) },
        { "toExponential(digits?: number): string", "With an exponent, and so many digits behind the point, 0 to 100.", "(1234.5).toExponential(2)",
            (run, self, args) => DecimalText.Exponential(self.AsNumber, args.At(0).IsUndefined ? null : Digits(run, args, 0, 100, 0)) },
        { "toString(radix?: number): string", "As text, to a base of 2 to 36; 10 unless given.", "(255).toString(16)",
            (run, self, args) =>
            {
                var radix = Digits(run, args, 2, 36, 10);
                return radix == 10 || !double.IsFinite(self.AsNumber) ? JavaScriptNumber.ToString(self.AsNumber) : DecimalText.InRadix(self.AsNumber, radix);
            } },
        { "toLocaleString(locale?: string, options?: object): string", "The same as format.", "(1234567.891).toLocaleString()",
            (run, self, args) => NumberFormat.Format(run, self.AsNumber, args.At(0), args.At(1)) },
        { "valueOf(): number", "The number itself.", "(5).valueOf()",
            (_, self, _) => self.AsNumber },
    };

    private static int Digits(Run run, ReadOnlySpan<Value> arguments, int least, int most, int missing)
    {
        if (arguments.At(0).IsUndefined) return missing;
        var digits = Coercion.ToInteger(run, arguments.At(0));
        return digits >= least && digits <= most ? (int)digits : throw run.RangeError($"The argument must be {least} to {most}, not {JavaScriptNumber.ToString(digits)}.");
    }
}
