namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <param name="IsLiteral">It stands for itself.</param>
internal readonly record struct FormatToken(string Text, bool IsLiteral);

/// <summary>Luxon's formats cut up: a run of one letter is a token; what is in single quotes, and white space, stands for itself.</summary>
internal static class FormatTokens
{
    public static List<FormatToken> Of(string format)
    {
        List<FormatToken> tokens = [];
        for (var at = 0; at < format.Length;)
        {
            if (format[at] == '\'')
            {
                var end = format.IndexOf('\'', at + 1);
                if (end < 0)
                {
                    // An open quote reaches to the end; one that is the last character is nothing.
                    if (at + 1 < format.Length) tokens.Add(new FormatToken(format[(at + 1)..], true));
                    break;
                }

                tokens.Add(new FormatToken(end == at + 1 ? "'" : format[(at + 1)..end], true));
                at = end + 1;
                continue;
            }

            var length = 1;
            while (at + length < format.Length && format[at + length] == format[at]) length++;
            tokens.Add(new FormatToken(format.Substring(at, length), char.IsWhiteSpace(format[at])));
            at += length;
        }

        return tokens;
    }

    /// <summary>The format that a short form such as <c>DD</c> or <c>ff</c> stands for, as options of toLocaleString; null for other tokens.</summary>
    public static DateFormatOptions? Macro(string token) => token switch
    {
        "D" => DateFormatOptions.DateShort,
        "DD" => DateFormatOptions.DateMed,
        "DDD" => DateFormatOptions.DateFull,
        "DDDD" => DateFormatOptions.DateHuge,
        "t" => DateFormatOptions.TimeSimple,
        "tt" => DateFormatOptions.TimeWithSeconds,
        "ttt" => DateFormatOptions.TimeWithShortOffset,
        "tttt" => DateFormatOptions.TimeWithLongOffset,
        "T" => DateFormatOptions.Time24Simple,
        "TT" => DateFormatOptions.Time24WithSeconds,
        "TTT" => DateFormatOptions.Time24WithShortOffset,
        "TTTT" => DateFormatOptions.Time24WithLongOffset,
        "f" => DateFormatOptions.DateTimeShort,
        "ff" => DateFormatOptions.DateTimeMed,
        "fff" => DateFormatOptions.DateTimeFull,
        "ffff" => DateFormatOptions.DateTimeHuge,
        "F" => DateFormatOptions.DateTimeShortWithSeconds,
        "FF" => DateFormatOptions.DateTimeMedWithSeconds,
        "FFF" => DateFormatOptions.DateTimeFullWithSeconds,
        "FFFF" => DateFormatOptions.DateTimeHugeWithSeconds,
        _ => null,
    };
}
