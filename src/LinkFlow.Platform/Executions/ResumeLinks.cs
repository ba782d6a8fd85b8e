using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions;

/// <summary>
/// The URLs that wake a wait without a key: 128 bits of HMAC(tenant's key; what they are for). Nothing is stored, so
/// a repeated attempt makes the same link.
/// </summary>
public sealed class ResumeLinks(IDocumentStore store, PublicAddress address)
{
    public const string ResumePath = "/resume";
    public const string ApprovalPath = "/approvals";
    private const int MacBytes = 16;

    private byte[]? _key;

    /// <summary>Reads the tenant's key; to be called once, behind the first start.</summary>
    /// <exception cref="InvalidOperationException">There has been no first start.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var tenant = await store.GetAsync(Tenants.Default, FirstStart.TenantType, Tenants.Default, cancellationToken);
        var key = tenant?.Body["linkKey"].AsString ?? throw new InvalidOperationException("The tenant has no key for links: the first start has not come to its end.");
        _key = Convert.FromBase64String(key);
    }

    /// <summary><c>$execution.resumeUrl</c>.</summary>
    public string UrlOf(string executionId) => $"{address.Url}{ResumePath}/{executionId}/{TokenOf(executionId)}";

    /// <summary>The link by which one approver decides one wait.</summary>
    public string ApprovalUrlOf(string executionId, string node, int run, string approver) =>
        $"{address.Url}{ApprovalPath}/{executionId}/{ApprovalTokenOf(executionId, node, run, approver)}";

    public bool IsToken(string executionId, string token) => Same(token, TokenOf(executionId));

    /// <returns>What an approval's token is for; null: it is none of ours.</returns>
    public Approval? ReadApproval(string executionId, string token)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !Base64Url.IsValid(token.AsSpan(0, dot)) || !Same(token[(dot + 1)..], Mac("approval", executionId, token[..dot]))) return null;
        var said = JsonText.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, dot))).AsArray!;
        return new Approval(said[0].AsString!, (int)said[1].AsNumber, said[2].AsString!);
    }

    private string TokenOf(string executionId) => Mac("resume", executionId);

    private string ApprovalTokenOf(string executionId, string node, int run, string approver)
    {
        var said = Base64Url.EncodeToString(JsonText.WriteBytes(new ArrayValue([node, run, approver])));
        return $"{said}.{Mac("approval", executionId, said)}";
    }

    private string Mac(params string[] parts)
    {
        var key = _key ?? throw new InvalidOperationException("The key for links has not been loaded.");
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Join('\n', parts)), mac);
        return Base64Url.EncodeToString(mac[..MacBytes]);
    }

    private static bool Same(string given, string right) =>
        given.Length == right.Length && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));
}

/// <summary>One approver's say in one run of a wait.</summary>
public sealed record Approval(string Node, int Run, string Approver);
