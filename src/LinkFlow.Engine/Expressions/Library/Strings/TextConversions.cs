using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>A string as a value of another kind. What cannot be converted is an error.</summary>
internal static class TextConversions
{
    /// <summary>Names of currencies in letters that may stand before or behind an amount.</summary>
    private static readonly string[] Currencies = ["CHF", "EUR", "USD", "GBP", "Fr.", "Fr", "kr.", "kr", "zł", "Kč", "Ft", "lei", "лв", "R$", "RM", "Rp"];

    public static MethodList All { get; } = new()
    {
        { "toNumber(): number", "The number that it is, without a currency sign; 0 when it is empty, an error when it is no number.", "'€12.50'.toNumber()",
            (run, self, _) => Converted(run, self, Coercion.ParseNumber(WithoutCurrency(run, self.AsString!)), "number") },
        { "toInt(radix?: number): number", "The whole number at its start, without a currency sign, to a base of 2 to 36; an error when there is none.", "'42.9'.toInt()", ToInt },
        { "toWholeNumber(radix?: number): number", "The same as toInt.", "'42 items'.toWholeNumber()", ToInt },
        { "toFloat(): number", "The number at its start, without a currency sign and with a decimal point; an error when there is none, or a comma.", "'3.5 kg'.toFloat()", ToFloat },
        { "toDecimalNumber(): number", "The same as toFloat.", "'$3.50'.toDecimalNumber()", ToFloat },
        { "toBoolean(): boolean", "False for 'false', 'no', '0' and an empty string, in small or capital letters; true for all else.", "'No'.toBoolean()",
            (_, self, _) => self.AsString!.Length > 0 && self.AsString.ToLowerInvariant() is not ("false" or "no" or "0") },
        { "toDateTime(format?: string): DateTime", "The moment that it names, as ISO 8601, HTTP, RFC 2822, SQL or as people write dates, in the workflow's time zone unless it names one; or in Luxon's format, or as a number of ms, s, us or excel days. An error when it is none.", "'31.01.2026'.toDateTime('dd.MM.yyyy')",
            (run, self, args) => AnyDate.FromText(run, self.AsString!, args.At(0)).AsValue() },
        { "toDate(): date", "The same moment as JavaScript's Date; a date without a time is its midnight in the workflow's time zone.", "'2026-03-14T10:00:00Z'.toDate()",
            (run, self, _) => new DateValue(AnyDate.FromText(run, self.AsString!, default).Millis).AsValue() },
        { "parseJson(): any", "The value that it stands for as JSON text; an error that says where when it is no JSON.", "'{\"name\":\"Ada\"}'.parseJson().name",
            (run, self, _) => ParseJson(run, self) },
        { "toJsonString(): string", "As a string of JSON: in quotation marks, with quotation marks and line ends escaped.", "'say \"hi\"'.toJsonString()",
            (run, self, _) => JsonPrinter.Print(run, self) },
    };

    private static Value ToInt(Run run, Value self, ReadOnlySpan<Value> arguments) =>
        Converted(run, self, PlainFunctions.ParseInt(run, default, [WithoutCurrency(run, self.AsString!), arguments.At(0)]).AsNumber, "whole number");

    private static Value ToFloat(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (self.AsString!.Contains(',', StringComparison.Ordinal)) throw run.TypeError($"{Properties.Describe(self)} has a comma: a number with a decimal point was expected, such as 1234.5. Use replace(',', '.') for a decimal comma.");
        return Converted(run, self, PlainFunctions.ParseFloat(run, default, [WithoutCurrency(run, self.AsString)]).AsNumber, "number");
    }

    private static Value Converted(Run run, Value self, double number, string kind) =>
        double.IsNaN(number) ? throw run.TypeError($"{Capital(Properties.Describe(self))} cannot be converted to a {kind}.") : number;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string WithoutCurrency(Run run, string text)
    {
        run.Steps(text.Length / 4);
        run.Make(text.Length);
        var plain = new StringBuilder(text.Length);
        var trimmed = Coercion.Trim(text);
        foreach (var name in Currencies)
        {
            if (trimmed.StartsWith(name, StringComparison.Ordinal)) trimmed = trimmed[name.Length..];
            else if (trimmed.EndsWith(name, StringComparison.Ordinal)) trimmed = trimmed[..^name.Length];
            else continue;
            break;
        }

        foreach (var c in trimmed)
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.CurrencySymbol) plain.Append(c);
        return Coercion.Trim(plain.ToString());
    }

    private static Value ParseJson(Run run, Value self)
    {
        try
        {
            return JsonFunctions.Parse(run, self);
        }
        catch (ExpressionException e) when (e.Code == ExpressionErrorCodes.Syntax && self.AsString!.Contains('\'', StringComparison.Ordinal))
        {
            throw new ExpressionException(e.Code, e.Reason + " JSON has double quotation marks, not single ones.", run.Position);
        }
    }
}
