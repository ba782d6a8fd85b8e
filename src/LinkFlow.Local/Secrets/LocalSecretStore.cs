using System.Security.Cryptography;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// Secrets on one machine: envelopes in the database, master keys outside of it. Plain bytes never reach the
/// database, a queue or a log; they are in the caller's memory and in the buffers that this gives out.
/// </summary>
public sealed class LocalSecretStore(SecretRows rows, MasterKeyRing ring, MasterKeyFile? file, TimeProvider time) : ISecretStore, IDisposable
{
    /// <summary>No caller can use this name, for it has a character that names may not have.</summary>
    private const string SealingKeyName = "*sealing";

    private readonly SealingKeys _sealing = new();

    public MasterKeyRing Ring { get; } = ring;
    internal SecretRows Rows { get; } = rows;

    /// <summary>Where the keys are; null: whoever started the process gave them.</summary>
    internal MasterKeyFile? KeyFile { get; } = file;

    public Task<string> PutAsync(string tenant, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
    {
        SecretNames.Require(name);
        SecretNames.RequireSize(secret.Length);
        return InsertAsync(tenant, name, secret, onlyFirst: false, cancellationToken);
    }

    public ValueTask<SecretBuffer?> OpenAsync(string tenant, string name, string version, CancellationToken cancellationToken = default) =>
        SecretNames.IsName(name) ? OpenAsync(new SecretPlace(tenant, name, version), cancellationToken) : new ValueTask<SecretBuffer?>((SecretBuffer?)null);

    public Task RetireOthersAsync(string tenant, string name, string version, CancellationToken cancellationToken = default)
    {
        SecretNames.Require(name);
        return Rows.Writer.WriteAsync(session =>
        {
            SecretRows.DeleteOthers(session, new SecretPlace(tenant, name, version));
            return true;
        }, cancellationToken: cancellationToken);
    }

    public Task DeleteAsync(string tenant, string name, CancellationToken cancellationToken = default)
    {
        SecretNames.Require(name);
        return Rows.Writer.WriteAsync(session =>
        {
            SecretRows.Delete(session, tenant, name);
            return true;
        }, cancellationToken: cancellationToken);
    }

    public async ValueTask<byte[]> SealAsync(string tenant, string purpose, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken = default)
    {
        SecretNames.RequireSize(secret.Length);
        var key = _sealing.Newest(tenant) ?? await NewestSealingKeyAsync(tenant, cancellationToken);
        return SealedEnvelope.Seal(key.Key.Bytes, key.Version, new SecretPlace(tenant, purpose, ""), secret.Span);
    }

    public async ValueTask<SecretBuffer> UnsealAsync(string tenant, string purpose, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default)
    {
        var version = SealedEnvelope.KeyVersionOf(envelope.Span, purpose);
        var key = _sealing.Find(tenant, version) ?? await SealingKeyAsync(tenant, version, cancellationToken) ?? throw new SecretUnreadableException(
            $"What was sealed for '{purpose}' needs the sealing key {version}, which this tenant does not have: it was sealed for another tenant, or the database was restored from before. Obtain it anew.");
        return SealedEnvelope.Open(key.Key.Bytes, new SecretPlace(tenant, purpose, ""), envelope.Span);
    }

    public void Dispose()
    {
        _sealing.Dispose();
        Ring.Dispose();
    }

    private async ValueTask<SecretBuffer?> OpenAsync(SecretPlace place, CancellationToken cancellationToken)
    {
        for (MasterKeyId? last = null; ;)
        {
            if (await Rows.ReadAsync(place, cancellationToken) is not { } envelope) return null;
            var id = SecretEnvelope.KeyIdOf(envelope, place);
            if (Ring.Find(id) is { } key && SecretEnvelope.Open(key, place, envelope) is { } secret) return secret;
            // Between reading an envelope and opening it a rotation may have re-wrapped it and dropped its key.
            if (id == last) throw Unknown(id, place);
            last = id;
        }
    }

    private SecretUnreadableException Unknown(MasterKeyId id, SecretPlace place) => new(
        $"The secret '{place.Name}' was sealed with the master key {id}, and this LinkFlow has {Ring}. Start it with the key file or the setting that holds {id}, or give that key as LinkFlow:Secrets:PreviousMasterKey.");

    /// <param name="onlyFirst">True: where the name has a version already, that one stays and is the answer.</param>
    private async Task<string> InsertAsync(string tenant, string name, ReadOnlyMemory<byte> secret, bool onlyFirst, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var place = new SecretPlace(tenant, name, Ids.Next(now));
            // Sealed here, so that neither the queue nor the writer ever holds plain bytes.
            if (SecretEnvelope.Seal(Ring.Current, place, secret.Span) is not { } envelope) continue;
            var version = await Rows.Writer.WriteAsync(session =>
            {
                if (onlyFirst && SecretRows.ReadNewest(session, tenant, name) is { } there) return there;
                if (SecretRows.WasDeleted(session, tenant, name)) throw new SecretDeletedException(name);
                // A rotation began while this was waiting: behind its last look an envelope with an old key would never be found again.
                if (SecretEnvelope.KeyIdOf(envelope, place) != Ring.Current.Id) return null;
                SecretRows.Insert(session, place, envelope, now);
                return place.Version;
            }, envelope.Length, cancellationToken);
            if (version is not null) return version;
        }
    }

    private async Task<SealingKey> NewestSealingKeyAsync(string tenant, CancellationToken cancellationToken)
    {
        var version = await Rows.NewestVersionAsync(tenant, SealingKeyName, cancellationToken) ?? await DrawSealingKeyAsync(tenant, cancellationToken);
        return await SealingKeyAsync(tenant, version, cancellationToken) ?? throw new InvalidOperationException($"The sealing key {version} of the tenant '{tenant}' vanished; nothing deletes sealing keys.");
    }

    private async Task<SealingKey?> SealingKeyAsync(string tenant, string version, CancellationToken cancellationToken) =>
        await OpenAsync(new SecretPlace(tenant, SealingKeyName, version), cancellationToken) is { } key ? _sealing.Keep(tenant, new SealingKey(version, key)) : null;

    private async Task<string> DrawSealingKeyAsync(string tenant, CancellationToken cancellationToken)
    {
        var key = GC.AllocateUninitializedArray<byte>(SecretEnvelope.DataKeySize, pinned: true);
        try
        {
            RandomNumberGenerator.Fill(key);
            return await InsertAsync(tenant, SealingKeyName, key, onlyFirst: true, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
