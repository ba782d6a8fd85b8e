using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Methods of numbers.</summary>
internal static class NumberMethods
{
    public static IReadOnlyDictionary<string, NativeMethod> All { get; } = new Dictionary<string, NativeMethod>
    {
        ["toFixed"] = (run, self, args) => DecimalText.Fixed(self.AsNumber, Digits(run, args, 0, 100, 0)),
        ["toPrecision"] = (run, self, args) => args.At(0).IsUndefined ? JavaScriptNumber.ToString(self.AsNumber) : DecimalText.Precision(self.AsNumber, Digits(run, args, 1, 100, 1)),
        ["toExponential"] = (run, self, args) => DecimalText.Exponential(self.AsNumber, args.At(0).IsUndefined ? null : Digits(run, args, 0, 100, 0)),
        ["toString"] = (run, self, args) =>
        {
            var radix = Digits(run, args, 2, 36, 10);
            return radix == 10 || !double.IsFinite(self.AsNumber) ? JavaScriptNumber.ToString(self.AsNumber) : DecimalText.InRadix(self.AsNumber, radix);
        },
        ["toLocaleString"] = (run, self, args) => DecimalText.Grouped(self.AsNumber, args.At(1)),
        ["valueOf"] = (_, self, _) => self.AsNumber,
    };

    private static int Digits(Run run, ReadOnlySpan<Value> arguments, int least, int most, int missing)
    {
        if (arguments.At(0).IsUndefined) return missing;
        var digits = Coercion.ToInteger(run, arguments.At(0));
        return digits >= least && digits <= most ? (int)digits : throw run.RangeError($"The argument must be {least} to {most}, not {JavaScriptNumber.ToString(digits)}.");
    }
}
