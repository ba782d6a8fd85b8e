using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Variables;

namespace LinkFlow.Platform.Expressions;

/// <summary>Evaluates an expression for people who write one: on a sample item, or as a run of an execution saw things. Changes nothing.</summary>
public sealed class EvaluationService(
    ExecutionService executions, IExecutionHistory history, IWorkflowSource source, NodeRegistry registry, ResumeLinks links,
    VariableSets variables, ShownEnvironment environment, LinkFlowOptions options, TimeProvider clock)
{
    private readonly ExpressionLimits _limits = options.Limits.OfExpressions();

    /// <exception cref="ApiException">404: no such execution or run; 400: no such node or item; 409: what it saw was not kept.</exception>
    /// <exception cref="ExpressionException">It is not of the language, or failed.</exception>
    public async Task<ExpressionResult> EvaluateAsync(Principal principal, EvaluationRequest request, CancellationToken cancellationToken)
    {
        var execution = request.ExecutionId is null ? null : await executions.GetAsync(principal.Tenant, request.ExecutionId, cancellationToken);
        var template = Template.Compile(request.Expression);
        var scope = execution is null ? await SampleAsync(principal, request, cancellationToken) : await RecordedAsync(principal, execution, request, template, cancellationToken);
        return template.Explain(scope);
    }

    private async Task<ExpressionScope> SampleAsync(Principal principal, EvaluationRequest request, CancellationToken cancellationToken) => new()
    {
        Items = request.Items,
        ItemIndex = request.ItemIndex,
        FindNode = name => throw new ExpressionException(
            ExpressionErrorCodes.NotExecuted, $"The node '{name}' can be seen only in an execution: give executionId and nodeId."),
        Variables = MaySeeVariables(principal) ? (await variables.CurrentAsync(principal.Tenant, cancellationToken)).Resolve("", options.Environment) : new ObjectValue(),
        Environment = environment.Variables,
        Limits = _limits,
        Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        NextRandom = Random.Shared.NextDouble,
    };

    private async Task<ExpressionScope> RecordedAsync(
        Principal principal, Execution execution, EvaluationRequest request, Template template, CancellationToken cancellationToken)
    {
        var version = await source.FindAsync(principal.Tenant, execution.WorkflowId, execution.WorkflowVersion, cancellationToken)
            ?? throw ApiException.Conflict("The workflow of this execution was deleted, and what its nodes saw cannot be told without it.");
        var plan = ExecutionPlan.Build(version.Definition, registry, execution.StartNode, isManual: execution.Mode == "manual");
        var node = plan.FindByIdOrName(request.NodeId!)
            ?? throw ApiException.Validation("/nodeId", $"The workflow of this execution has no node '{request.NodeId}'.{DidYouMean.Suggestion(request.NodeId!, plan.NodeNames)}");
        var events = await executions.ReadAllAsync(principal.Tenant, execution.Id, cancellationToken);
        if (!execution.HasData || events.Count == 0) throw NotKept();
        var run = RecordedRun.Find(events, plan, new RunKey(node.Id, request.Run), RunScope.ReferencedNodes(plan, node, template))
            ?? throw ApiException.NotFound("run", $"{request.Run} of node {node.Id} that has begun");
        try
        {
            return await LoadAsync(principal, execution, version, plan, events, run, request.ItemIndex, template, cancellationToken);
        }
        catch (DataMissingException)
        {
            throw NotKept();
        }
    }

    private async Task<ExpressionScope> LoadAsync(
        Principal principal, Execution execution, WorkflowVersion version, ExecutionPlan plan, IReadOnlyList<ExecutionEvent> events,
        RecordedRun run, int item, Template template, CancellationToken cancellationToken)
    {
        var inputs = new List<IReadOnlyList<Item>>();
        foreach (var input in run.Step.Inputs) inputs.Add(await history.LoadAsync(principal.Tenant, execution.Id, input.Parts, cancellationToken));
        var count = inputs.Count == 0 ? 0 : inputs[0].Count;
        if (item > Math.Max(0, count - 1)) throw ApiException.Validation("/itemIndex", $"'itemIndex' is {item}; the run got {count} items, counted from 0.");
        var seen = new NodeRun
        {
            Plan = plan,
            Step = run.Step,
            Started = (ExecutionStarted)events[0],
            Inputs = inputs,
            Now = run.Now,
            Visible = run.Visible,
            Load = (parts, token) => history.LoadAsync(principal.Tenant, execution.Id, parts, token),
            FindEvent = (seq, _) => new(seq >= 1 && seq <= events.Count ? events[(int)seq - 1] : null),
            LoadPartial = (_, _) => new(Value.Undefined),
            Workflow = WorkflowVariable.Of(version, isActive: !((ExecutionStarted)events[0]).IsInactive),
            Execution = ExecutionVariable(principal, execution),
            Variables = MaySeeVariables(principal) ? await VariablesAsync(principal, (ExecutionStarted)events[0], cancellationToken) : new ObjectValue(),
            Environment = environment.Variables,
            Limits = _limits,
            Services = NoServices.Instance,
            Clock = clock,
            Jitter = () => 0,
            NewId = Ids.Next,
        };
        return await RunScope.LoadAsync(seen, template, item, cancellationToken);
    }

    /// <summary>Not only those that the run had read would be seen.</summary>
    private static bool MaySeeVariables(Principal principal) => principal.May(Permissions.VariableRead);

    /// <summary>Those that the execution began with, or, where it pinned none, the current ones.</summary>
    private async Task<ObjectValue> VariablesAsync(Principal principal, ExecutionStarted started, CancellationToken cancellationToken)
    {
        var set = started.VariablesVersion is { } version
            ? await variables.FindAsync(principal.Tenant, version, cancellationToken) ?? throw ApiException.Conflict("The variables that this execution began with are not kept any more.")
            : await variables.CurrentAsync(principal.Tenant, cancellationToken);
        return set.Resolve(started.WorkflowId, started.Environment);
    }

    /// <summary>The resume URL is a key of its own: who may not wake the execution does not get it.</summary>
    private ObjectValue ExecutionVariable(Principal principal, Execution execution)
    {
        var variable = new ObjectValue { { "id", execution.Id }, { "mode", execution.Mode }, { "customData", new ObjectValue() } };
        if (principal.May(Permissions.ExecutionWrite)) variable.Set("resumeUrl", links.UrlOf(execution.Id));
        return variable;
    }

    private static ApiException NotKept() => ApiException.Conflict("The data of this execution was not kept, so that it cannot be told what its nodes saw.");

    /// <summary>An expression needs none.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
