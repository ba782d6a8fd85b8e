namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Upper and lower case by Unicode, with the special cases of common letters that become several.</summary>
internal static class LetterCase
{
    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        return upper.AsSpan().ContainsAny("ßŉﬁﬂ")
            ? upper.Replace("ß", "SS", StringComparison.Ordinal).Replace("ŉ", "ʼN", StringComparison.Ordinal).Replace("ﬁ", "FI", StringComparison.Ordinal).Replace("ﬂ", "FL", StringComparison.Ordinal)
            : upper;
    }

    public static string Lower(string text)
    {
        var lower = text.ToLowerInvariant();
        return lower.Contains('İ', StringComparison.Ordinal) ? lower.Replace("İ", "i\u0307", StringComparison.Ordinal) : lower;
    }
}
