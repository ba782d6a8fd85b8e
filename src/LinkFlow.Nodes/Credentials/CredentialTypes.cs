using LinkFlow.Nodes.Credentials.Types;

namespace LinkFlow.Nodes.Credentials;

/// <summary>The credential types of an installation, by name.</summary>
public sealed class CredentialTypes
{
    private readonly Dictionary<string, ICredentialType> _types;

    /// <exception cref="ArgumentException">Two have one name.</exception>
    public CredentialTypes(IEnumerable<ICredentialType> types)
    {
        All = [.. types];
        _types = All.ToDictionary(t => t.Descriptor.Type, StringComparer.Ordinal);
        Names = [.. All.Select(t => t.Descriptor.Type)];
    }

    public IReadOnlyList<ICredentialType> All { get; }
    public IReadOnlyList<string> Names { get; }

    public ICredentialType? Find(string type) => _types.GetValueOrDefault(type);

    /// <summary>The types that come with LinkFlow. A new one is a file of its own and a line here.</summary>
    public static CredentialTypes BuiltIn() => new(
    [
        new BasicCredential(),
        new BearerCredential(),
        new ApiKeyCredential(),
        new HmacCredential(),
        new JwtCredential(),
        new OAuth2ClientCredentialsCredential(),
        new OAuth2AuthorizationCodeCredential(),
        new DatabaseCredential(),
        new RedisCredential(),
        new SmtpCredential(),
        new SshCredential(),
        new AwsCredential(),
        new AzureCredential(),
        new CustomCredential(),
    ]);

    /// <summary>The names of the types that authenticate a request: what http_request takes.</summary>
    public static IReadOnlyList<string> ForRequests { get; } = [.. BuiltIn().All.Where(t => t.Descriptor.IsForRequests).Select(t => t.Descriptor.Type)];
}
