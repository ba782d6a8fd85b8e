using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>
/// What came in for an execution: commands, and the ends of its children. Positions have no gaps, and who has read up
/// to one has missed nothing before it. A command that is in here twice, by its id, is once in here.
/// </summary>
public sealed class RecordedInbox
{
    private const int PageSize = 100;

    private readonly IDocumentStore _store;
    private readonly IBlobStore _blobs;
    private readonly RecordWrites _writes;

    internal RecordedInbox(IDocumentStore store, IBlobStore blobs, RecordWrites writes)
    {
        _store = store;
        _blobs = blobs;
        _writes = writes;
    }

    /// <summary>Puts a command into the inbox; durable when it returns. The doorbell is the caller's.</summary>
    /// <param name="command">With an id. Its payload inline: a large one goes to a blob here.</param>
    /// <param name="mostSignals">Signals that may wait before this one is refused; those that say something else are always taken.</param>
    /// <exception cref="StoreUnavailableException">The store cannot take writes now.</exception>
    public async Task<CommandOutcome> SendAsync(string tenant, string executionId, ExecutionEvent command, int mostSignals = ExecutionState.MostUnmatchedSignals, CancellationToken cancellationToken = default)
    {
        var id = command.Id ?? throw new ArgumentException("A command needs an id, by which it is applied once.", nameof(command));
        ObjectValue? body = null;
        for (var contention = new Contention(); ; await contention.PauseAsync(cancellationToken))
        {
            var record = await _writes.FindAsync(tenant, executionId, cancellationToken);
            if (record is null) return CommandOutcome.NotFound;
            if (record.IsFinished) return CommandOutcome.AlreadyFinished;
            if (record.HasUnheard && await IsThereAsync(record, id, cancellationToken)) return CommandOutcome.Accepted;
            if (command is SignalReceived && record.Execution.UnmatchedSignals + (record.InboxLast - record.InboxHeard) >= mostSignals) return CommandOutcome.TooManySignals;
            body ??= await BodyAsync(tenant, command, cancellationToken);
            var position = record.InboxLast + 1;
            var work = new UnitOfWork(tenant).Put(RecordTypes.Inbox, RecordTypes.At(executionId, position), body, new Dictionary<string, string> { ["command"] = id }, expected: 0);
            if (await _writes.TryCommitAsync(work, record with { InboxLast = position }, cancellationToken) is not null) return CommandOutcome.Accepted;
        }
    }

    /// <summary>Commands after a position, in order; at most 100.</summary>
    /// <exception cref="HistoryUnreadableException">One of them is no event that this version knows.</exception>
    public async ValueTask<IReadOnlyList<InboxEntry>> ReadAsync(string tenant, string executionId, long afterPosition, CancellationToken cancellationToken = default)
    {
        var page = await _store.QueryAsync(
            new DocumentQuery(tenant, RecordTypes.Inbox) { Within = executionId, FromId = RecordTypes.At(executionId, afterPosition + 1), OldestFirst = true, Limit = PageSize }, cancellationToken);
        var entries = new List<InboxEntry>(page.Items.Count);
        foreach (var document in page.Items)
        {
            var text = await StoredText.GetAsync(document.Body, tenant, _blobs, cancellationToken);
            entries.Add(new InboxEntry(long.Parse(document.Id.AsSpan(document.Id.LastIndexOf('/') + 1), System.Globalization.CultureInfo.InvariantCulture), EventBytes.Read(text)));
        }

        return entries;
    }

    private async ValueTask<bool> IsThereAsync(ExecutionRecord record, string command, CancellationToken cancellationToken)
    {
        var same = await _store.QueryAsync(
            new DocumentQuery(record.Tenant, RecordTypes.Inbox)
            {
                Within = record.Id, FromId = RecordTypes.At(record.Id, record.InboxHeard + 1), Where = new Dictionary<string, string> { ["command"] = command }, Limit = 1,
            }, cancellationToken);
        return same.Items.Count > 0;
    }

    private async ValueTask<ObjectValue> BodyAsync(string tenant, ExecutionEvent command, CancellationToken cancellationToken)
    {
        var body = new ObjectValue(1);
        await StoredText.PutAsync(body, tenant, EventBytes.Of(await Spilling.SpillAsync(tenant, command, _blobs, ExecutionRecords.MaxInlinePayload)), _blobs, cancellationToken);
        return body;
    }
}

/// <param name="Position">From 1, without gaps.</param>
/// <param name="Event">With its id; without number and time.</param>
public sealed record InboxEntry(long Position, ExecutionEvent Event);
