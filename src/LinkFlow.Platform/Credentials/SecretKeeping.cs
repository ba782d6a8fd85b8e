using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Credentials;

/// <summary>
/// Keeps secrets and the document that they belong to together although they are in two stores: a note first, then the secret's new version, then the
/// document that refers to it, then the older versions are retired and the note is taken away. A crash in between leaves the note, by which
/// <see cref="SweepAsync"/> retires or deletes what nothing refers to.
/// </summary>
public sealed class SecretKeeping(ISecretStore secrets, IDocumentStore store, CredentialDirectory directory, TimeProvider clock, ILogger<SecretKeeping> log, IEnumerable<ISecretOwner>? others = null)
{
    /// <summary>By the secret's name: a change of it is under way, or was interrupted.</summary>
    private static readonly DocumentType NoteType = new("credential-secret-note");

    /// <summary>A note that is younger may belong to a change that is under way.</summary>
    private static readonly TimeSpan MaxChangeTime = TimeSpan.FromMinutes(10);

    /// <summary>Makes packed secrets the current ones of a credential.</summary>
    /// <param name="name">The name that its secrets have already; null: one is drawn.</param>
    /// <param name="packed">Overwritten with zeros.</param>
    /// <param name="commit">Commits the document, given where its secrets are.</param>
    /// <param name="owner">Whose they are, if no credential's: the <see cref="ISecretOwner.Kind"/>.</param>
    public async Task ReplaceAsync(
        string tenant, string credentialId, string? name, byte[] packed, Func<SecretReference, Task> commit, CancellationToken cancellationToken, string? owner = null)
    {
        name ??= $"{owner ?? "credential"}-{Ids.Next(clock.GetUtcNow())}";
        await store.CommitAsync(Noted(new UnitOfWork(tenant), name, credentialId, owner), cancellationToken);
        string version;
        try
        {
            version = await secrets.PutAsync(tenant, name, packed, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packed);
        }

        await commit(new SecretReference(name, version));
        await RemoveAsync(tenant, name, () => secrets.RetireOthersAsync(tenant, name, version, CancellationToken.None));
    }

    /// <summary>Commits a change after which nothing refers to a credential's secrets, and deletes them.</summary>
    /// <param name="owner">As for <see cref="ReplaceAsync"/>.</param>
    public async Task DeleteAsync(string tenant, string credentialId, string name, UnitOfWork change, CancellationToken cancellationToken, string? owner = null)
    {
        await store.CommitAsync(Noted(change, name, credentialId, owner), cancellationToken);
        directory.Drop(tenant, credentialId);
        await RemoveAsync(tenant, name, () => secrets.DeleteAsync(tenant, name, CancellationToken.None));
    }

    /// <summary>Opens the secrets that a document refers to.</summary>
    /// <returns>Null: that version is gone.</returns>
    /// <exception cref="SecretUnreadableException">They cannot be opened.</exception>
    /// <exception cref="StoreUnavailableException">Not now.</exception>
    public async ValueTask<ObjectValue?> OpenAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        if (credential.Secret is not { } secret) return new ObjectValue(0);
        using var opened = await secrets.OpenAsync(tenant, secret.Name, secret.Version, cancellationToken);
        return opened is null ? null : JsonText.Parse(opened.Bytes).AsObject;
    }

    /// <summary>Finishes what a crash interrupted.</summary>
    /// <returns>How many notes were dealt with.</returns>
    public async Task<int> SweepAsync(string tenant, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - MaxChangeTime;
        var page = await store.QueryAsync(new DocumentQuery(tenant, NoteType) { OldestFirst = true, Limit = 200 }, cancellationToken);
        var swept = 0;
        foreach (var note in page.Items)
        {
            if (!Rfc3339.TryParse(note.Body["at"].AsString!, out var at) || at > before) continue;
            if (await CurrentAsync(tenant, note, cancellationToken) is { } secret && secret.Name == note.Id) await secrets.RetireOthersAsync(tenant, note.Id, secret.Version, cancellationToken);
            else await secrets.DeleteAsync(tenant, note.Id, cancellationToken);
            await store.CommitAsync(new UnitOfWork(tenant).Delete(NoteType, note.Id, note.ETag), cancellationToken);
            swept++;
        }

        return swept;
    }

    /// <exception cref="InvalidOperationException">The note is of an owner that this host does not know.</exception>
    private async Task<SecretReference?> CurrentAsync(string tenant, Document note, CancellationToken cancellationToken)
    {
        var id = note.Body["credentialId"].AsString!;
        if (note.Body["owner"].AsString is not { } kind) return (await directory.ReadAsync(tenant, id, cancellationToken))?.Secret;
        var owner = others?.SingleOrDefault(o => o.Kind == kind) ?? throw new InvalidOperationException($"The note of the secret '{note.Id}' names the owner '{kind}', which is not known here.");
        return await owner.SecretOfAsync(tenant, id, cancellationToken);
    }

    /// <summary>Removes what nothing refers to any more. The change is committed and stands, so a store that is busy only puts the removal off to a sweep.</summary>
    private async Task RemoveAsync(string tenant, string name, Func<Task> remove)
    {
        try
        {
            await remove();
            await store.CommitAsync(new UnitOfWork(tenant).Delete(NoteType, name), CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            log.SecretRemovalPutOff(name, e.Message);
        }
    }

    private UnitOfWork Noted(UnitOfWork work, string name, string credentialId, string? owner)
    {
        var note = new ObjectValue { { "credentialId", credentialId }, { "at", Rfc3339.Write(clock.GetUtcNow()) } };
        return work.Put(NoteType, name, owner is null ? note : note.Set("owner", owner));
    }
}

/// <summary>Documents beside credentials that have a secret of their own in the secret store.</summary>
public interface ISecretOwner
{
    /// <summary>kebab-case; names begin with it.</summary>
    string Kind { get; }

    /// <summary>Where the secret of one is, surely as it is now.</summary>
    /// <returns>Null: there is no such document.</returns>
    ValueTask<SecretReference?> SecretOfAsync(string tenant, string id, CancellationToken cancellationToken);
}
