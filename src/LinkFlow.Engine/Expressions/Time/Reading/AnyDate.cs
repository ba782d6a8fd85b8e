using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>toDateTime: text and numbers as dates, in whatever known form they are.</summary>
internal static class AnyDate
{
    /// <summary>
    /// ISO 8601, HTTP, RFC 2822, SQL, and the forms that people write (<c>Jan 5, 2024 10:00</c>); one that names no zone
    /// is in the workflow's, one that does stays in it. With a format, that alone.
    /// </summary>
    /// <param name="format">Luxon's tokens, or ms, s, us or excel for a number in text.</param>
    public static DateTimeValue FromText(Run run, string text, Value format)
    {
        if (format.AsString is "ms" or "s" or "us" or "excel") return FromNumber(run, Coercion.ParseNumber(text), format);
        if (!format.IsNullOrUndefined && format.AsString is not "") return FormatReader.Read(run, text, format, default);
        run.Steps(Math.Min(text.Length, IsoReader.LongestDate));
        var trimmed = text.Length <= FormatReader.LongestText ? text.Trim() : "";
        var keepZone = new ObjectValue { { "setZone", true } };
        var read = IsoReader.TryRead(trimmed) ?? MailDateReader.TryReadHttp(trimmed) ?? MailDateReader.TryReadMail(trimmed) ?? IsoReader.TryReadSql(trimmed);
        if (read is not null) return read.ToDateTime(run, keepZone);
        var millis = JavaScriptDateReader.Read(trimmed, run.Scope.TimeZone);
        return double.IsNaN(millis)
            ? throw run.RangeError($"{Properties.Describe(text)} is not a date in a known form: ISO 8601 such as 2024-01-31T10:00:00Z is the safest, and toDateTime takes a format such as 'dd.MM.yyyy'.")
            : DateTimeValue.Of(millis, run.Scope.TimeZone);
    }

    /// <param name="format">ms, s or us since 1970, or days as a spreadsheet counts them (excel); ms when missing.</param>
    public static DateTimeValue FromNumber(Run run, double number, Value format)
    {
        var unit = format.IsNullOrUndefined ? "ms" : Coercion.ToString(run, format);
        var millis = unit switch
        {
            "ms" => number,
            "s" => number * 1000,
            "us" => number / 1000,
            "excel" => (number - 25_569) * 86_400 * 1000,
            _ => throw run.RangeError($"toDateTime cannot read a number as '{unit}': ms, s, us and excel are possible."),
        };
        return double.IsFinite(millis) ? DateTimeValue.Of(millis, run.Scope.TimeZone) : throw run.RangeError($"{JavaScriptNumber.ToString(number)} is not a number of {unit}.");
    }
}
