using System.Globalization;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary>Numbers rounded, asked and converted.</summary>
internal static class NumberTransformations
{
    public static MethodList All { get; } = new()
    {
        { "abs(): number", "The number without its sign.", "(-3.5).abs()", (_, self, _) => Math.Abs(self.AsNumber) },
        { "ceil(): number", "The next whole number upwards.", "(4.1).ceil()", (_, self, _) => Math.Ceiling(self.AsNumber) },
        { "floor(): number", "The next whole number downwards.", "(4.9).floor()", (_, self, _) => Math.Floor(self.AsNumber) },
        { "round(decimals?: number): number", "Rounded to so many decimals, 0 to 100; 0 unless given. Halves go away from zero.", "(3.14159).round(2)", Round },
        { "isEven(): boolean", "Whether it can be divided by two; an error when it is no whole number.", "(42).isEven()",
            (run, self, _) => Whole(run, self, "isEven") % 2 == 0 },
        { "isOdd(): boolean", "Whether it cannot be divided by two; an error when it is no whole number.", "(42).isOdd()",
            (run, self, _) => Whole(run, self, "isOdd") % 2 != 0 },
        { "isInteger(): boolean", "Whether it is a whole number.", "(4.5).isInteger()", (_, self, _) => double.IsInteger(self.AsNumber) },
        { "isEmpty(): boolean", "False: a number is there, even 0. Only null and undefined are empty.", "(0).isEmpty()", (_, _, _) => Value.False },
        { "isNotEmpty(): boolean", "True: a number is there, even 0.", "(0).isNotEmpty()", (_, _, _) => Value.True },
        { "format(locale?: string, options?: object): string", "As a language writes it, en-US unless given, as JavaScript's Intl.NumberFormat does: options are style (decimal, percent, currency), currency, currencyDisplay, minimumFractionDigits, maximumFractionDigits, minimumIntegerDigits and useGrouping. A language that is not known is an error that lists those that are.", "(1234.5).format('de-DE', { style: 'currency', currency: 'EUR' })",
            (run, self, args) => NumberFormat.Format(run, self.AsNumber, args.At(0), args.At(1)) },
        { "toBoolean(): boolean", "False for 0, true for all other numbers.", "(0).toBoolean()", (_, self, _) => self.AsNumber != 0 },
        { "toInt(): number", "Rounded to a whole number, halves away from zero.", "(2.5).toInt()", (run, self, _) => Round(run, self, []) },
        { "toFloat(): number", "The number itself.", "(2.5).toFloat()", (_, self, _) => self.AsNumber },
        { "toNumber(): number", "The number itself.", "(2.5).toNumber()", (_, self, _) => self.AsNumber },
        { "toDateTime(unit?: string): DateTime", "The moment so many ms, s or us after the start of 1970, or days as spreadsheets count them with excel; ms unless given. In the workflow's time zone.", "(1773480413).toDateTime('s')",
            (run, self, args) => AnyDate.FromNumber(run, self.AsNumber, args.At(0)).AsValue() },
    };

    private static Value Round(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var decimals = arguments.At(0).IsUndefined ? 0 : Coercion.ToInteger(run, arguments[0]);
        if (decimals is < 0 or > 100) throw run.RangeError($"round takes 0 to 100 decimals, not {JavaScriptNumber.ToString(decimals)}.");
        return !double.IsFinite(self.AsNumber) || Math.Abs(self.AsNumber) >= 1e21 ? self.AsNumber : double.Parse(DecimalText.Fixed(self.AsNumber, (int)decimals), NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private static double Whole(Run run, Value self, string method) =>
        double.IsInteger(self.AsNumber) ? self.AsNumber : throw run.TypeError($"{method} needs a whole number, not {JavaScriptNumber.ToString(self.AsNumber)}.");
}
