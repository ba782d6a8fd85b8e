using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>Questions that a string answers with true or false: is it empty, a number, an address?</summary>
internal static class TextChecks
{
    public static MethodList All { get; } = new()
    {
        { "isEmpty(): boolean", "Whether it has no characters. Also true of null and undefined.", "''.isEmpty()",
            (_, self, _) => self.AsString!.Length == 0 },
        { "isNotEmpty(): boolean", "Whether it has at least one character. False of null and undefined.", "'Ada'.isNotEmpty()",
            (_, self, _) => self.AsString!.Length > 0 },
        { "isBlank(): boolean", "Whether it has nothing but white space and line ends, or no characters at all.", "'  '.isBlank()",
            (run, self, _) => IsBlank(run, self.AsString!) },
        { "isNotBlank(): boolean", "Whether it has at least one character that is no white space.", "'  Ada'.isNotBlank()",
            (run, self, _) => !IsBlank(run, self.AsString!) },
        { "isNumeric(): boolean", "Whether all of it is a number as JavaScript writes it, without blanks.", "'123.4e5'.isNumeric()",
            (run, self, _) => IsNumeric(run, self.AsString!) },
        { "isEmail(): boolean", "Whether all of it is an email address.", "'ada@example.com'.isEmail()",
            (run, self, _) => AddressPatterns.IsEmail(run, self.AsString!) },
        { "isUrl(): boolean", "Whether all of it is a URL with http, https or ftp.", "'https://example.com/a?b=c'.isUrl()",
            (run, self, _) => AddressPatterns.IsUrl(run, self.AsString!) },
        { "isDomain(): boolean", "Whether it is the name of a host, 'localhost' or an IPv4 address; a port, path and query may follow.", "'www.example.com'.isDomain()",
            (run, self, _) => AddressPatterns.IsDomain(run, self.AsString!) },
    };

    private static bool IsBlank(Run run, string text)
    {
        run.Steps(text.Length / 16);
        return Coercion.Trim(text).Length == 0;
    }

    /// <summary>As JavaScript's Number and parseFloat agree.</summary>
    private static bool IsNumeric(Run run, string text)
    {
        run.Steps(text.Length / 4);
        return text.Length > 0 && !text.Any(char.IsWhiteSpace) && !double.IsNaN(Coercion.ParseNumber(text));
    }
}
