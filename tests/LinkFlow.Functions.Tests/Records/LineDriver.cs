using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Functions.Tests.Records;

/// <summary>
/// Runs one execution over its records from where they stand, one step after the other, until nothing is ready: the
/// plainest shell that there can be. It may be killed anywhere and run again.
/// </summary>
internal sealed class LineDriver
{
    private readonly RecordsHost _host;
    private readonly PlannedWorkflow _workflow;
    private readonly List<ExecutionEvent> _pending = [];
    private readonly List<ExecutionEvent> _seen = [];
    private ExecutionRecord _record;
    private ExecutionState _state = null!;
    private long _heard;

    private LineDriver(RecordsHost host, PlannedWorkflow workflow, ExecutionRecord record)
    {
        _host = host;
        _workflow = workflow;
        _record = record;
    }

    public static async Task RunAsync(RecordsHost host, string id)
    {
        if (await host.Records.FindAsync(RecordsWorld.Tenant, id) is not { IsFinished: false } record) return;
        var workflow = await host.World.Host.Workflows.FindAsync(
            RecordsWorld.Tenant, record.Execution.WorkflowId, record.Execution.WorkflowVersion, record.Execution.StartNode, isManual: false, default);
        await new LineDriver(host, workflow!, record).RunAsync();
    }

    private async Task RunAsync()
    {
        foreach (var @event in await _host.Records.Events.ReadAsync(_record, 0, int.MaxValue))
        {
            if (@event is ExecutionStarted started) _state = ExecutionState.Start(_workflow.Plan, started);
            else _state.Apply(@event);
            _seen.Add(@event);
        }

        _heard = _record.InboxHeard;
        var items = new ItemReader(RecordsWorld.Tenant, (seq, _) => new(_seen.Find(e => e.Seq == seq)), _host.World.Sqlite.Blobs, new ItemCache(0));
        var runner = new StepRunner(_host.World.Host, RecordsWorld.Tenant, _workflow, _state.Started, items, (seq, _) => new(_seen.Find(e => e.Seq == seq)), _ => { });
        while (!_state.IsFinished)
        {
            foreach (var entry in await _host.Records.Inbox.ReadAsync(RecordsWorld.Tenant, _record.Id, _heard))
            {
                _heard = entry.Position;
                if (entry.Event.Id is { } id && !_state.HasSeen(id)) await ApplyAsync(entry.Event);
            }

            var steps = _state.TakeReadySteps();
            foreach (var step in steps) await CarryOutAsync(step, runner, items);
            await CommitAsync(items);
            if (steps.Count == 0 && !_state.HasReadySteps && !_record.HasUnheard) return;
        }
    }

    private async Task CarryOutAsync(ExecutionStep step, StepRunner runner, ItemReader items)
    {
        switch (step)
        {
            case RunNode run:
                if (run is { IsRecovery: true, FailWith: null }) await ApplyAsync(new AttemptRecovered { Node = run.Node, Run = run.Run, Attempt = run.Attempt, Count = run.Recoveries + 1 });
                else if (run.IsExternal) await ApplyAsync(new NodeStarted { Node = run.Node, Run = run.Run, Attempt = run.Attempt, Inputs = [.. run.Inputs.Select(InputSources.Of)] });
                if (run.IsExternal) await CommitAsync(items);
                await ApplyAsync(await runner.RunAsync(run, run.Now, StepRunner.Visible(_state, _workflow, run), default));
                break;
            case StartChild child:
                await CommitAsync(items);
                var input = await items.ReadAsync([.. child.Inputs.SelectMany(i => i.Parts)], default);
                var error = await _host.Runtime.StartChildAsync(RecordsWorld.Tenant, _state.Started, child, input);
                await ApplyAsync(error is null ? new ChildStarted { ChildId = child.ChildId } : new ChildFinished { Id = child.ChildId, ChildId = child.ChildId, Status = "error", Error = error });
                break;
            case CancelChild child:
                await _host.Runtime.TellChildAsync(RecordsWorld.Tenant, child.ChildId, new CancelRequested { Id = $"{_record.Id}/cancel" });
                break;
            case FinishExecution finish:
                await ApplyAsync(finish.Event);
                break;
            case StoreReferences references:
                await ApplyAsync(references.Event);
                break;
        }
    }

    private async Task ApplyAsync(ExecutionEvent @event)
    {
        var spilled = await Spilling.SpillAsync(RecordsWorld.Tenant, @event, _host.World.Sqlite.Blobs, ExecutionRecords.MaxInlinePayload);
        var placed = spilled with { Seq = _state.LastSeq + 1, At = Math.Max(_seen[^1].At, _host.World.Host.Now) };
        _state.Apply(placed);
        _pending.Add(placed);
        _seen.Add(placed);
    }

    private async Task CommitAsync(ItemReader items)
    {
        if (_pending.Count == 0 && _heard == _record.InboxHeard) return;
        var result = await _host.Commits.AppendAsync(new ExecutionCommit
        {
            Tenant = RecordsWorld.Tenant, Workflow = _workflow, State = _state, Events = [.. _pending], Items = items,
            InboxThrough = _heard, IsBusy = _state.HasReadySteps || _state.InFlight > 0, Known = _record,
        });
        _record = result.Record;
        _pending.Clear();
    }
}
