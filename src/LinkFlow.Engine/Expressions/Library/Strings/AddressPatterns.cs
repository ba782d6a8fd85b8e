using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>What email addresses, URLs and names of hosts look like. All patterns run in linear time.</summary>
internal static class AddressPatterns
{
    private const string Label = @"[\p{L}\p{N}_-]+";
    private const string TopLevel = @"(?:xn--[a-z0-9-]+|\p{L}\p{L}+)";
    private const string Ip = @"\d\d?\d?\.\d\d?\d?\.\d\d?\d?\.\d\d?\d?";
    private const string Host = $@"(?:(?:{Label}\.)+{TopLevel}|localhost|{Ip})";
    private const string Rest = @"(?::\d+)?(?:\/[^\s?#]*)?(?:\?[^\s#]*)?(?:#\S*)?";
    private const string Atom = @"[^<>()[\]\\.,;:\s@""]+";
    private const string Email = $@"(?:{Atom}(?:\.{Atom})*|""[^""\n]+"")@(\[{Ip}\]|(?:[\p{{L}}\p{{N}}-]+\.)+{TopLevel})";
    private const string Scheme = @"(?:https?|ftp):\/\/";
    private const string User = @"(?:[^\s\/?#@]*@)?";

    private static readonly CompiledPattern WholeEmail = Pattern($"^(?:mailto:)?{Email}$");
    private static readonly CompiledPattern OnlyEmail = Pattern($"^{Email}$");
    private static readonly CompiledPattern AnyEmail = Pattern(Email);
    private static readonly CompiledPattern WholeUrl = Pattern($"^{Scheme}{User}{Host}{Rest}$");
    private static readonly CompiledPattern AnyUrl = Pattern($"{Scheme}{User}{Host}{Rest}");
    private static readonly CompiledPattern WholeDomain = Pattern($"^{Host}{Rest}$");
    private static readonly CompiledPattern DomainWithin = Pattern($@"^(?:{Scheme}|\/\/)?{User}({Host}){Rest}$");
    private static readonly CompiledPattern PathWithin = Pattern(@"^\s*[a-z][a-z0-9+.-]*:\/\/[^\s\/?#]+(\/[^?#]*)?");

    public static bool IsEmail(Run run, string text) => OnlyEmail.Match(run, text, 0) is not null;
    public static bool IsUrl(Run run, string text) => WholeUrl.Match(run, text, 0) is not null;
    public static bool IsDomain(Run run, string text) => WholeDomain.Match(run, text, 0) is not null;

    /// <summary>The first email address in a text; null when there is none.</summary>
    public static string? FindEmail(Run run, string text) => AnyEmail.Match(run, text, 0)?.Value;

    /// <summary>The first URL in a text; null when there is none.</summary>
    public static string? FindUrl(Run run, string text) => AnyUrl.Match(run, text, 0)?.Value;

    /// <summary>The host of an email address, a URL or a bare name; null when it is none of these.</summary>
    public static string? DomainOf(Run run, string text) =>
        Captured(WholeEmail.Match(run, text, 0)) ?? Captured(DomainWithin.Match(run, text, 0));

    /// <summary>The path of a URL, "/" when it has none; null when it is no URL.</summary>
    public static string? PathOf(Run run, string text) => PathWithin.Match(run, text, 0) is not { } match ? null : Captured(match) ?? "/";

    private static CompiledPattern Pattern(string pattern) => CompiledPattern.Of(pattern, "iu", -1);

    private static string? Captured(Match? match) => match is { Groups.Count: > 1 } && match.Groups[1].Success ? match.Groups[1].Value : null;
}
