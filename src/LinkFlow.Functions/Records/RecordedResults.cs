using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// What attempts came to, from their end until the history holds it: an activity that runs again finds here that it has
/// run, and has no second effect.
/// </summary>
public sealed class RecordedResults
{
    /// <summary>Longer than any platform keeps a message that it has not delivered.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    private readonly IDocumentStore _store;
    private readonly IBlobStore _blobs;
    private readonly TimeProvider _clock;

    internal RecordedResults(IDocumentStore store, IBlobStore blobs, TimeProvider clock)
    {
        _store = store;
        _blobs = blobs;
        _clock = clock;
    }

    /// <summary>Durable when it returns. The first result of an attempt stays.</summary>
    /// <returns>The result that is stored: this one, or an earlier one.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task<ReadOnlyMemory<byte>> KeepAsync(string tenant, string executionId, RunAttempt attempt, ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default)
    {
        var body = new ObjectValue(1);
        await StoredText.PutAsync(body, tenant, result, _blobs, cancellationToken);
        try
        {
            await _store.CommitAsync(
                new UnitOfWork(tenant).Put(RecordTypes.Result, RecordTypes.Of(executionId, attempt), body, expected: 0, expiresAt: _clock.GetUtcNow() + Kept), cancellationToken);
            return result;
        }
        catch (DocumentConflictException)
        {
            return await FindAsync(tenant, executionId, attempt, cancellationToken) ?? result;
        }
    }

    /// <returns>Null: the attempt has not ended, or the history holds its end.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAsync(string tenant, string executionId, RunAttempt attempt, CancellationToken cancellationToken = default) =>
        await _store.GetAsync(tenant, RecordTypes.Result, RecordTypes.Of(executionId, attempt), cancellationToken) is { } document
            ? await StoredText.GetAsync(document.Body, tenant, _blobs, cancellationToken)
            : (ReadOnlyMemory<byte>?)null;
}
