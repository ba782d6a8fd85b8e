using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>An execution in the memory of one activity: its state, and the events behind those that are stored.</summary>
internal sealed class LoadedExecution
{
    private readonly ExecutionRecords _records;
    private readonly List<ExecutionEvent> _events = [];

    public LoadedExecution(
        RunningHost host, ExecutionRecords records, ExecutionRecord record, PlannedWorkflow workflow, ExecutionState state, long lastAt, long snapshotBytes, ItemCache cache,
        Action<ResultIgnored> ignored)
    {
        _records = records;
        Record = record;
        Workflow = workflow;
        State = state;
        LastAt = lastAt;
        SnapshotBytes = snapshotBytes;
        Cache = cache;
        Items = new ItemReader(record.Tenant, FindEventAsync, host.Blobs, Cache);
        Steps = new StepRunner(host, record.Tenant, workflow, state.Started, Items, FindEventAsync, ignored);
    }

    /// <summary>As last seen in the store.</summary>
    public ExecutionRecord Record { get; private set; }

    public PlannedWorkflow Workflow { get; }
    public ExecutionState State { get; }
    public ItemCache Cache { get; }
    public ItemReader Items { get; }
    public StepRunner Steps { get; }

    /// <summary>Of the last event, Unix ms.</summary>
    public long LastAt { get; private set; }

    /// <summary>Of the last snapshot.</summary>
    public long SnapshotBytes { get; set; }

    /// <summary>What was folded here and is not known to be stored, in order.</summary>
    public IReadOnlyList<ExecutionEvent> Events => _events;

    /// <summary>A new snapshot is worth what it costs: max(256 events, snapshot bytes ÷ mean event bytes).</summary>
    public bool IsSnapshotDue => State.LastSeq - Record.SnapshotSeq is var behind && behind >= SnapshotRule.MinEvents && behind * MeanEventBytes >= SnapshotBytes;

    private const int MeanEventBytes = 300;

    /// <summary>Folds an event that has its place.</summary>
    public void Apply(ExecutionEvent placed)
    {
        State.Apply(placed);
        LastAt = placed.At;
        _events.Add(placed);
        EventPayloads.Visit(placed, (Cache, placed.Seq), static (to, output, payload) =>
        {
            if (output is not null && payload.Items is { } items) to.Cache.Keep(to.Seq, output, items, payload.Bytes);
        });
    }

    /// <summary>Puts the stored form of an event, its large data spilled, in its place.</summary>
    public void Replace(int index, ExecutionEvent spilled) => _events[index] = spilled;

    /// <summary>The store holds them now.</summary>
    public void Stored(ExecutionRecord record)
    {
        Record = record;
        _events.Clear();
    }

    /// <summary>An event of the history, or one that was folded here; null: there is none of that number.</summary>
    public ValueTask<ExecutionEvent?> FindEventAsync(long seq, CancellationToken cancellationToken)
    {
        var at = _events.Count == 0 ? -1 : seq - _events[0].Seq;
        return at >= 0 && at < _events.Count ? new(_events[(int)at]) : _records.Events.ReadEventAsync(Record, seq, cancellationToken);
    }
}
