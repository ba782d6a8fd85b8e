using System.Globalization;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>Reads what an authorization server answers to a token request (RFC 6749 §5), and trusts none of it. Pure.</summary>
internal static class TokenAnswer
{
    /// <summary>The errors that say: the code or the refresh token is worth nothing any more, or a user must be asked. By RFC 6749, OpenID Connect, GitHub and Slack.</summary>
    private static readonly string[] NeedConsent =
    [
        "invalid_grant", "interaction_required", "login_required", "consent_required", "bad_refresh_token", "invalid_refresh_token", "token_revoked",
    ];

    public const int MaxTokenLength = 16 * 1024;
    private const int MaxCodeLength = 64;
    private const int MaxDescriptionLength = 200;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    /// <summary>bearer; and what Slack calls tokens that it takes as bearer tokens.</summary>
    private static readonly string[] BearerTypes = ["bearer", "bot", "user"];

    /// <param name="what">Begins messages: whose token it is, without secrets.</param>
    /// <param name="mask">Hides what was sent, should the server say it back.</param>
    /// <exception cref="NodeException">There is no token in it that can be used.</exception>
    public static TokenGrant Read(string what, FetchedAnswer answer, SecretMask mask)
    {
        var status = (int)answer.Status;
        var body = Parsed(answer.Body);
        // Some servers answer 200 with an error.
        if (body["error"].AsString is { } error) throw Refused(what, status, Clean(error, MaxCodeLength), Clean(body["error_description"].AsString ?? "", MaxDescriptionLength), mask);
        if (status is 429 or >= 500) throw new NodeException(new NodeError(CredentialErrors.TokenUnavailable, $"{what}: the token endpoint answered {status}.", Transient: true));
        if (status is < 200 or >= 300) throw new NodeException(CredentialErrors.Refused, $"{what}: the token endpoint answered {status}.");
        if (body.AsObject is null) throw Unusable(what, "its answer is no JSON object");
        if (body["token_type"] is { IsUndefined: false } type && (type.AsString is not { } word || !BearerTypes.Contains(word.ToLowerInvariant())))
            throw Unusable(what, "its token is no bearer token (token_type)");
        if (body["access_token"].AsString is not { Length: > 0 and <= MaxTokenLength } token || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Unusable(what, "it gave no access_token that can be sent in a header");
        var refresh = body["refresh_token"].AsString is { Length: > 0 } given ? given : null;
        if (refresh is not null && Encoding.UTF8.GetByteCount(refresh) > MaxTokenLength) throw Unusable(what, $"its refresh_token is longer than {MaxTokenLength} bytes");
        return new TokenGrant(token, refresh, Lifetime(body["expires_in"]));
    }

    /// <summary>Some servers write the number as a string.</summary>
    private static TimeSpan? Lifetime(Value written)
    {
        double seconds;
        if (written.IsNumber) seconds = written.AsNumber;
        else if (!double.TryParse(written.AsString, NumberStyles.Float, CultureInfo.InvariantCulture, out seconds)) return null;
        return double.IsNaN(seconds) ? null : TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestLife.TotalSeconds));
    }

    private static NodeException Refused(string what, int status, string code, string description, SecretMask mask)
    {
        var message = mask.Apply($"{what}: the token endpoint answered {status} {code}{(description.Length > 0 ? $" ({description})" : "")}.");
        if (NeedConsent.Contains(code)) return new NodeException(CredentialErrors.Reauthorize, message);
        var transient = status is 429 or >= 500 || code is "temporarily_unavailable" or "server_error" or "slow_down";
        return new NodeException(new NodeError(transient ? CredentialErrors.TokenUnavailable : CredentialErrors.Refused, message, Transient: transient));
    }

    private static NodeException Unusable(string what, string why) => new(CredentialErrors.TokenUnavailable, $"{what}: the token endpoint cannot be understood: {why}.");

    private static Value Parsed(byte[] body)
    {
        try
        {
            return JsonText.Parse(body);
        }
        catch (JsonTextException)
        {
            // The status, or that there is no object, says what is wrong.
            return Value.Undefined;
        }
    }

    private static string Clean(string text, int length)
    {
        var clean = new StringBuilder();
        foreach (var c in text)
        {
            if (clean.Length == length) break;
            clean.Append(char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c);
        }

        return clean.ToString().Trim();
    }
}
