using System.Runtime.CompilerServices;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>
/// Brings executions from the wish to have them to an orchestration that runs. Each step may be repeated: a wish that is
/// stored leads to one execution, whoever carries it on, and however often.
/// </summary>
public sealed class StartRelay(ExecutionRecords records, WorkflowTurns turns, ExecutionInstances instances, TimeProvider clock, ILogger<StartRelay> log)
{
    /// <summary>The wish to start an execution, where other documents must become durable with it: it lies beside those, in their aggregate.</summary>
    private static readonly DocumentType Intent = new("execution-start");

    private const string PartitionField = "partition";

    /// <summary>Starts an execution; accepted for good when it returns.</summary>
    /// <exception cref="DocumentConflictException">A document in <see cref="NewStart.With"/> is there already.</exception>
    /// <exception cref="StoreUnavailableException">Not accepted.</exception>
    public async Task StartAsync(NewStart start, CancellationToken cancellationToken)
    {
        var events = await SpilledAsync(start, cancellationToken);
        if (start.With is null or { Writes.Count: 0, Events.Count: 0 } && events.Count == 1)
        {
            await RelayAsync(start, events, cancellationToken);
            return;
        }

        var (type, id) = PlaceOf(start.With, start.Id);
        var body = new ObjectValue(5) { { "answerWhen", (int)start.AnswerWhen } };
        if (start.MaxConcurrent is { } max) body.Set("maxConcurrent", max);
        await WishAsync(start.Tenant, start.With, type, id, body, events, cancellationToken);
        try
        {
            await RelayAsync(start, events, cancellationToken);
            await records.Store.CommitAsync(new UnitOfWork(start.Tenant).Delete(type, id), cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            RecordLog.NotRelayed(log, start.Id, e.Message, e);
        }
    }

    /// <summary>Stores an execution that has run and ended; durable when it returns.</summary>
    /// <param name="with">What must become durable with it; null: nothing else.</param>
    /// <exception cref="DocumentConflictException">A document in <paramref name="with"/> is there already.</exception>
    /// <exception cref="StoreUnavailableException">It could not be stored.</exception>
    internal async Task StoreEndedAsync(
        string tenant, IReadOnlyList<ExecutionEvent> events, RecordEnding ending, long responseSeq, UnitOfWork? with, CancellationToken cancellationToken)
    {
        if (with is null or { Writes.Count: 0, Events.Count: 0 })
        {
            await records.StoreEndedAsync(tenant, events, ending, responseSeq, cancellationToken);
            return;
        }

        var (type, id) = PlaceOf(with, ending.Execution.Id);
        var body = new ObjectValue(6) { { "ended", JsonText.ParseStored(ExecutionJson.Write(ending.Execution).Span) }, { "responseSeq", responseSeq } };
        if (ending.News is { } told) body.Set("news", told);
        await WishAsync(tenant, with, type, id, body, events, cancellationToken);
        try
        {
            await records.StoreEndedAsync(tenant, events, ending, responseSeq, cancellationToken);
            await records.Store.CommitAsync(new UnitOfWork(tenant).Delete(type, id), cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            RecordLog.NotRelayed(log, ending.Execution.Id, e.Message, e);
        }
    }

    /// <summary>The starts that someone was cut off from.</summary>
    /// <param name="before">Only those that are older: the others are being carried on.</param>
    internal async IAsyncEnumerable<Document> ReadUnrelayedAsync(string tenant, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Whichever aggregates they are in: the query names none.
        await foreach (var document in records.Store.ReadAllAsync(new DocumentQuery(tenant, Intent) { OldestFirst = true }, cancellationToken: cancellationToken))
            if (document.Body["at"].AsNumber < before.ToUnixTimeMilliseconds()) yield return document;
    }

    /// <summary>Carries on one start.</summary>
    internal async Task CarryOnAsync(Document document, CancellationToken cancellationToken)
    {
        var tenant = document.Tenant;
        var events = EventBytes.ReadSegment(await StoredText.GetAsync(document.Body, tenant, records.Blobs, cancellationToken));
        var body = document.Body;
        if (body["ended"].IsObject)
        {
            var ending = new RecordEnding { Execution = ExecutionJson.Read(body["ended"]), News = body["news"].AsObject, Now = clock.GetUtcNow() };
            await records.StoreEndedAsync(tenant, events, ending, (long)body["responseSeq"].AsNumber, cancellationToken);
        }
        else
        {
            var start = new NewStart(tenant, (ExecutionStarted)events[0])
            {
                AnswerWhen = (AnswerWhen)(int)body["answerWhen"].AsNumber, MaxConcurrent = body["maxConcurrent"] is { IsNumber: true } max ? (int)max.AsNumber : null,
            };
            await RelayAsync(start, events, cancellationToken);
        }

        var type = body[PartitionField].AsString is { } partition ? Intent with { Partition = partition } : Intent;
        await records.Store.CommitAsync(new UnitOfWork(tenant).Delete(type, document.Id), cancellationToken);
    }

    private async Task RelayAsync(NewStart start, IReadOnlyList<ExecutionEvent> events, CancellationToken cancellationToken)
    {
        var workflow = start.Started.WorkflowId;
        var isItsTurn = start.MaxConcurrent is not { } max || await turns.EnterAsync(start.Tenant, workflow, start.Id, max, cancellationToken);
        var record = await records.CreateAsync(start.Tenant, events, start.AnswerWhen, waitsForTurn: !isItsTurn, cancellationToken);
        if (record.IsConfirmed || record.IsFinished) return;
        // Its turn may have come while it was being written, when there was nothing to schedule yet.
        if (isItsTurn || await turns.EnterAsync(start.Tenant, workflow, start.Id, start.MaxConcurrent!.Value, cancellationToken))
            await instances.ScheduleAsync(record, events, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<ExecutionEvent>> SpilledAsync(NewStart start, CancellationToken cancellationToken)
    {
        var events = new List<ExecutionEvent>(1 + start.Copied.Count) { start.Started with { Seq = 1 } };
        foreach (var copied in start.Copied) events.Add(copied with { Seq = events.Count + 1, At = start.Started.At });
        for (var i = 0; i < events.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            events[i] = await Spilling.SpillAsync(start.Tenant, events[i], records.Blobs, ExecutionRecords.MaxInlinePayload);
        }

        return events;
    }

    /// <summary>Makes a wish durable together with what must be durable with it.</summary>
    private async Task WishAsync(
        string tenant, UnitOfWork? with, DocumentType type, string id, ObjectValue body, IReadOnlyList<ExecutionEvent> events, CancellationToken cancellationToken)
    {
        body.Set("at", clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (type.Partition is { } partition) body.Set(PartitionField, partition);
        await StoredText.PutAsync(body, tenant, EventBytes.Of(events, 0), records.Blobs, cancellationToken);
        await records.Store.CommitAsync(Beside(with, tenant).Put(type, id, body, expected: 0), cancellationToken);
    }

    /// <summary>Where the wish lies: in the aggregate of what must become durable with it.</summary>
    private static (DocumentType Type, string Id) PlaceOf(UnitOfWork? with, string executionId)
    {
        if (with?.Writes is not [{ Type.Partition: { } partition } first, ..]) return (Intent, executionId);
        var aggregate = first.Type.AggregateOf(first.Id);
        return (Intent with { Partition = partition }, $"{aggregate[(partition.Length + 1)..]}/{executionId}");
    }

    /// <summary>The same writes, to which more can be added.</summary>
    private static UnitOfWork Beside(UnitOfWork? with, string tenant)
    {
        var work = new UnitOfWork(tenant) { Cause = with?.Cause };
        foreach (var write in with?.Writes ?? [])
        {
            if (write.IsDelete) work.Delete(write.Type, write.Id, write.Expected);
            else work.Put(write.Type, write.Id, write.Body, write.Fields, write.Expected, write.ExpiresAt);
        }

        foreach (var raised in with?.Events ?? []) work.Raise(raised);
        return work;
    }
}

/// <summary>What is to be started.</summary>
public sealed record NewStart(string Tenant, ExecutionStarted Started)
{
    public string Id => Started.ExecutionId;

    /// <summary>For a retry: the events of the runs that are kept, without seq.</summary>
    public IReadOnlyList<ExecutionEvent> Copied { get; init; } = [];

    /// <summary>What must become durable with the start; null: nothing else.</summary>
    public UnitOfWork? With { get; init; }
    public AnswerWhen AnswerWhen { get; init; } = AnswerWhen.Accepted;

    /// <summary>How many executions of its workflow may run at once; null: any number.</summary>
    public int? MaxConcurrent { get; init; }
}
