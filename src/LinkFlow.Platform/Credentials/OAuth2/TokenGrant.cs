namespace LinkFlow.Platform.Credentials.OAuth2;

/// <summary>What an authorization server gave.</summary>
/// <param name="RefreshToken">Null: none, or, when refreshing, the one before stays.</param>
/// <param name="Lifetime">Null: the server did not say.</param>
public sealed record TokenGrant(string AccessToken, string? RefreshToken, TimeSpan? Lifetime)
{
    /// <summary>Without the tokens.</summary>
    public override string ToString() => $"a token for {Lifetime}";
}
