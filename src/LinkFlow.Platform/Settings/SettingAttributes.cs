using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Settings;

/// <summary>An IP address or a CIDR range.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CidrAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && (IPNetwork.TryParse(text, out _) || IPAddress.TryParse(text, out _));
    public override string FormatErrorMessage(string name) => $"{name} must be an IP address or a CIDR range, e.g. 10.0.0.0/8";
}

/// <summary>scheme://host[:port], or <c>*</c> for any.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is "*" || (value is string text && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && string.Equals(uri.GetLeftPart(UriPartial.Authority), text.TrimEnd('/'), StringComparison.OrdinalIgnoreCase));

    public override string FormatErrorMessage(string name) => $"{name} must be an origin, e.g. https://app.example.com";
}

/// <summary>An absolute http or https URL without query or fragment.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpUrlAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is string text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") && uri.Query.Length == 0 && uri.Fragment.Length == 0;
}

/// <summary>Base64 of 32 bytes. Its value is never shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class Base64KeyAttribute : ValidationAttribute
{
    private const int KeyBytes = 32;

    public override bool IsValid(object? value) => value is string text && Base64.IsValid(text, out var bytes) && bytes == KeyBytes;
    public override string FormatErrorMessage(string name) => "base64 of 32 bytes was expected, as 'openssl rand -base64 32' prints it";
}

/// <summary>The name of an environment variable that is none of LinkFlow's settings.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EnvironmentNameAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is string { Length: > 0 } name && !name.Contains('=', StringComparison.Ordinal) && !name.StartsWith(SettingsReader.Section, StringComparison.OrdinalIgnoreCase);

    public override string FormatErrorMessage(string name) => "it must name an environment variable that does not begin with LinkFlow, whose settings no expression may see";
}

/// <summary>A whole number of days, 0 to 365.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DaysAttribute : ValidationAttribute
{
    private const int Most = 365;

    public override bool IsValid(object? value) =>
        value is string text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= Most;

    public override string FormatErrorMessage(string name) => $"a whole number of days from 0 to {Most} was expected";
}

/// <summary>A host's name, without scheme or path.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HostNameAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && Uri.CheckHostName(text) == UriHostNameType.Dns;
    public override string FormatErrorMessage(string name) => $"{name} must be a host's name without scheme, e.g. flows.servicebus.windows.net";
}

/// <summary>Two names with an equals sign between them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PairAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && text.Split('=') is [{ Length: > 0 }, { Length: > 0 }];
    public override string FormatErrorMessage(string name) => $"an entry of {name} must be <directory's id>=<tenant>";
}

/// <summary>A name, an equals sign, and what it is worth: a role, or permissions joined by plus signs.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RolePairAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && text.Split('=') is [{ Length: > 0 }, { Length: > 0 } worth] && Roles.ScopesOf(worth) is not null;
    public override string FormatErrorMessage(string name) => $"an entry of {name} must be <app role>=<{string.Join('|', Roles.Names)}, or permissions joined by +>, e.g. Flows.Run=workflow:execute+execution:read";
}
