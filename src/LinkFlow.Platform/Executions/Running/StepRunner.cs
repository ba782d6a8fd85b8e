using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Credentials.Opening;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Runs the steps of one execution: loads what a step needs, lends it the host's ports, and tells the event that it ended in. Writes nothing.</summary>
/// <param name="started">The execution's first event.</param>
/// <param name="findEvent">The recorded event with a sequence number; null: there is none.</param>
/// <param name="ignored">Told when an attempt that had been given up ends after all, on any thread and at any time.</param>
public sealed class StepRunner(
    RunningHost host, string tenant, PlannedWorkflow workflow, ExecutionStarted started, ItemReader items,
    Func<long, CancellationToken, ValueTask<ExecutionEvent?>> findEvent, Action<ResultIgnored> ignored)
{
    private static readonly IReadOnlyDictionary<int, VisibleRun> Nothing = new Dictionary<int, VisibleRun>();
    private static readonly ObjectValue NotShown = new(0);
    private ObjectValue? _executionVariable;

    /// <summary>What <c>$('x')</c> shows to the step, as the state stands now.</summary>
    public static IReadOnlyDictionary<int, VisibleRun> Visible(ExecutionState state, PlannedWorkflow workflow, RunNode step)
    {
        if (workflow.Plan.Find(step.Node) is not { } node || workflow.ReferencedBy(node) is not { Length: > 0 } referenced) return Nothing;
        var visible = new Dictionary<int, VisibleRun>(referenced.Length);
        foreach (var target in referenced)
            if (state.FindVisible(new RunKey(step.Node, step.Run), target) is { } run) visible.Add(target, run);
        return visible;
    }

    /// <summary>Runs the step. Nothing that the node does is thrown; what is thrown means that the node was not called.</summary>
    /// <param name="now">Unix ms: the attempt's recorded time.</param>
    /// <returns>The event that the step ended in, without number and time, its payloads inline.</returns>
    /// <exception cref="StoreUnavailableException">Data that it needs cannot be read now.</exception>
    /// <exception cref="HistoryUnreadableException">The history does not hold what it refers to.</exception>
    public async ValueTask<ExecutionEvent> RunAsync(RunNode step, long now, IReadOnlyDictionary<int, VisibleRun> visible, CancellationToken cancellationToken)
    {
        var inputs = new IReadOnlyList<Item>[step.Inputs.Length];
        var variables = NotShown;
        try
        {
            variables = await host.VariablesAsync(tenant, workflow, started, cancellationToken);
            for (var i = 0; i < inputs.Length; i++) inputs[i] = await LoadAsync(step.Inputs[i].Parts, cancellationToken);
        }
        catch (NodeException e)
        {
            Array.Fill(inputs, []);
            step = step with { FailWith = e.Error };
        }

        var run = new NodeRun
        {
            Plan = workflow.Plan,
            Step = step,
            Started = started,
            Inputs = inputs,
            Now = now,
            Visible = visible,
            Load = LoadAsync,
            LoadPartial = items.ReadPartialAsync,
            FindEvent = findEvent,
            Workflow = workflow.VariableOf(started),
            Execution = ExecutionVariable,
            Variables = variables,
            Environment = host.Environment,
            Limits = host.Expressions,
            Services = host.Services,
            OpenCredential = Opener(step.Node),
            Files = host.Services.GetService(typeof(FileService)) is FileService files ? new RunFiles(files, tenant, started.ExecutionId) : null,
            Clock = host.Clock,
            Jitter = Random.Shared.NextDouble,
            NewId = Ids.Next,
            Ignored = ignored,
        };
        return await NodeRunner.RunAsync(run, cancellationToken);
    }

    private ObjectValue ExecutionVariable => workflow.ShowsExecution ? _executionVariable ??= Variable() : NotShown;

    /// <summary>Null: the node names no credential, or this host keeps none.</summary>
    private Func<string, CancellationToken, ValueTask<OpenedCredential>>? Opener(string nodeId)
    {
        if (workflow.Plan.Find(nodeId) is not { Definition.Credentials.Count: > 0 } node || host.Services.GetService(typeof(CredentialOpening)) is not CredentialOpening opening) return null;
        var user = CredentialUser.Of(workflow.Version.WorkflowId, node.Definition, node.Descriptor);
        return (id, cancellationToken) => opening.OpenForNodeAsync(tenant, user, id, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<Item>> LoadAsync(IReadOnlyList<DataPart> parts, CancellationToken cancellationToken)
    {
        try
        {
            return await items.ReadAsync(parts, cancellationToken);
        }
        catch (DataMissingException e)
        {
            throw new NodeException(new NodeError(NodeErrorCodes.DataMissing, e.Message), e);
        }
    }

    private ObjectValue Variable()
    {
        var variable = new ObjectValue(4) { { "id", started.ExecutionId }, { "mode", started.Mode }, { "customData", new ObjectValue(0) } };
        if (host.Services.GetService(typeof(ResumeLinks)) is ResumeLinks links) variable.Add("resumeUrl", links.UrlOf(started.ExecutionId));
        variable.Freeze();
        return variable;
    }
}
