using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Orchestration.Activities;

/// <summary>Starts sub-workflows and hands on what their parent was told. What was done before is found done.</summary>
public sealed class ChildActivities(DurableRuntime runtime, HistoryUpkeep upkeep)
{
    /// <summary>Starts them, one behind the other.</summary>
    /// <exception cref="StoreUnavailableException">Not all are started; to be tried again.</exception>
    public async Task<ChildrenOutput> StartAsync(ChildrenInput input, CancellationToken cancellationToken)
    {
        // Their ids are in the history before any of them is started.
        if (await upkeep.BringUpAsync(input.Upkeep, cancellationToken) is not { } loaded) return new ChildrenOutput([.. input.Children.Select(_ => (ChildRefusal?)null)], InboxLast: 0);
        var refusals = new List<ChildRefusal?>();
        foreach (var order in input.Children) refusals.Add(await StartAsync(input.Upkeep.Tenant, loaded, order, cancellationToken));
        return new ChildrenOutput(refusals, loaded.Record.InboxLast);
    }

    /// <summary>Puts commands into their inboxes.</summary>
    /// <exception cref="StoreUnavailableException">Not all are told; to be tried again.</exception>
    public async Task<AppendOutput> TellAsync(TellInput input, CancellationToken cancellationToken)
    {
        if (await upkeep.BringUpAsync(input.Upkeep, cancellationToken) is not { } loaded) return new AppendOutput(HasEnded: true, InboxLast: 0, State: null);
        foreach (var command in input.Commands) await runtime.TellChildAsync(input.Upkeep.Tenant, command.ChildId, EventFor(command, input.Upkeep.ExecutionId), cancellationToken);
        return new AppendOutput(HasEnded: false, loaded.Record.InboxLast, State: null);
    }

    private async ValueTask<ChildRefusal?> StartAsync(string tenant, LoadedExecution parent, ChildOrder order, CancellationToken cancellationToken)
    {
        DataPart[] parts = [.. order.Parts.Select(p => new DataPart(p.Seq, p.Output, p.Offset, p.Count) { By = p.By })];
        var items = await parent.Items.ReadAsync(parts, cancellationToken);
        var child = new StartChild(order.ChildId, order.WorkflowId, order.Node, order.Run, order.Owner, [new StepInput(Connection.Main, [.. parts], [])], order.Wait);
        return await runtime.StartChildAsync(tenant, parent.State.Started, child, items, cancellationToken) is { } refusal
            ? new ChildRefusal(refusal.Message, refusal.Code, refusal.NodeId, refusal.Attempt)
            : null;
    }

    private static ExecutionEvent EventFor(ChildCommand command, string parent) => command.Kind switch
    {
        ChildCommands.Cancel => new CancelRequested { Id = command.Id, Reason = $"Its parent {parent} was stopped." },
        ChildCommands.Pause => new PauseRequested { Id = command.Id },
        ChildCommands.Resume => new ResumeRequested { Id = command.Id },
        _ => throw new FormatException($"'{command.Kind}' is no command for a sub-workflow."),
    };
}
