using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Credentials;

/// <summary>Reads the fields of an opened credential. They were checked when it was saved; what an expression in one came out as is checked here.</summary>
internal static class CredentialFields
{
    /// <exception cref="NodeException">It is missing or no string.</exception>
    public static string Text(this OpenedCredential credential, string field) =>
        credential.OptionalText(field) ?? throw CredentialErrors.IsInvalid(credential, $"'{field}' is missing.");

    /// <returns>Null: absent or empty.</returns>
    public static string? OptionalText(this OpenedCredential credential, string field)
    {
        var value = credential.Data[field];
        if (value.IsNullOrUndefined) return null;
        var text = value.AsString ?? throw CredentialErrors.IsInvalid(credential, $"'{field}' must be a string.");
        return text.Length == 0 ? null : text;
    }

    public static int Whole(this OpenedCredential credential, string field, int fallback, int min, int max)
    {
        var value = credential.Data[field];
        if (value.IsNullOrUndefined) return fallback;
        if (!value.IsNumber || value.AsNumber < min || value.AsNumber > max || !double.IsInteger(value.AsNumber))
            throw CredentialErrors.IsInvalid(credential, $"'{field}' must be a whole number from {min} to {max}.");
        return (int)value.AsNumber;
    }

    public static bool Flag(this OpenedCredential credential, string field, bool fallback)
    {
        var value = credential.Data[field];
        if (value.IsNullOrUndefined) return fallback;
        return value.IsBoolean ? value.AsBoolean : throw CredentialErrors.IsInvalid(credential, $"'{field}' must be true or false.");
    }

    public static ObjectValue Object(this OpenedCredential credential, string field) => credential.Data[field].AsObject ?? new ObjectValue(0);

    /// <exception cref="NodeException">It is no whole http or https URL.</exception>
    public static Uri? OptionalUrl(this OpenedCredential credential, string field)
    {
        if (credential.OptionalText(field) is not { } text) return null;
        return HttpUrl(text) ?? throw CredentialErrors.IsInvalid(credential, $"'{field}' must be a whole URL that begins with http:// or https://, without user and password.");
    }

    /// <returns>Null: the text is none that may be requested.</returns>
    public static Uri? HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0 ? url : null;
}
