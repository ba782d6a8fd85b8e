using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Identity;

/// <summary>Makes the default tenant and its owner's key, once in the life of an installation: a revoked owner's key never comes back. Several hosts may come to it at once; one makes it.</summary>
public sealed class FirstStart(IDocumentStore store, TimeProvider clock)
{
    public static readonly DocumentType TenantType = new("tenant");
    public const string Owner = "owner";
    private const int LinkKeyBytes = 32;

    /// <param name="ownerKey">The key that the settings ask for, or null for a random one.</param>
    /// <param name="saveKey">Keeps a random key where the owner finds it; called before anything depends on it. Null: there is no such place, so without <paramref name="ownerKey"/> no key is made.</param>
    /// <returns>True when this was the first start.</returns>
    public async Task<bool> RunAsync(string? ownerKey, Func<string, CancellationToken, Task>? saveKey, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Tenants.Default, TenantType, Tenants.Default, cancellationToken) is not null) return false;
        var now = clock.GetUtcNow();
        var tenant = new ObjectValue
        {
            { "id", Tenants.Default }, { "name", "Default" }, { "ownerId", Owner }, { "createdAt", Rfc3339.Write(now) },
            // All links that work without a key are made with it; it never leaves the store.
            { "linkKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(LinkKeyBytes)) },
        };
        var work = new UnitOfWork(Tenants.Default).Put(TenantType, Tenants.Default, tenant, expected: 0);
        var secret = ownerKey ?? (saveKey is null ? null : ApiKey.Draw());
        // The file first: a crash behind the commit would leave a key that nobody knows.
        if (ownerKey is null && secret is not null) await saveKey!(secret, cancellationToken);
        if (secret is not null) ApiKeyService.Put(work, KeyOf(secret, now), expected: 0);
        try
        {
            await store.CommitAsync(work, cancellationToken);
            return true;
        }
        catch (DocumentConflictException) when (saveKey is null)
        {
            // Another instance came first, and made the same.
            return false;
        }
    }

    private static ApiKey KeyOf(string secret, DateTimeOffset now) => new()
    {
        Id = Ids.Next(now),
        Name = "Owner",
        Hash = ApiKey.HashOf(secret),
        Prefix = secret[..ApiKey.PrefixLength],
        Scopes = [Permissions.Everything],
        CreatedAt = now,
        CreatedBy = Owner,
    };
}
