using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>One attempt as its node sees it. Made anew for every attempt; used by one node call.</summary>
internal sealed class NodeAttempt : NodeContext
{
    private static readonly IReadOnlyList<IReadOnlyList<Item>> NoInputs = [[]];
    private static readonly int[] FirstItem = [0];

    private ExpressionScope? _scope;
    private Func<string, NodeView?>? _findNode;
    private SourceNode? _previous;
    private int[]? _calls;
    private SecretMask? _mask;

    public NodeAttempt(NodeRun run, PlannedNode node)
    {
        RunData = run;
        Planned = node;
        BeganAt = run.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Inputs = run.Inputs.Count == 0 ? NoInputs : run.Inputs;
        Pending = PendingOf(run.Step, Inputs[0].Count);
    }

    public NodeRun RunData { get; }
    public PlannedNode Planned { get; }
    public RunNode Step => RunData.Step;

    /// <summary>Unix milliseconds by the real clock.</summary>
    public long BeganAt { get; }
    public TimeSpan Timeout => TimeSpan.FromSeconds(Node.TimeoutSeconds);

    /// <summary>What <c>$('x')</c> finds; null when no expression names a node.</summary>
    public NodeViews? Views { get; set; }

    public override NodeDefinition Node => Planned.Definition;
    public override NodeDescriptor Descriptor => Planned.Descriptor;
    public override IReadOnlyList<string> Outputs => Planned.Outputs;
    public override IReadOnlyList<IReadOnlyList<Item>> Inputs { get; }
    public override IReadOnlyList<int> Pending { get; }
    public override string ExecutionId => RunData.Started.ExecutionId;
    public override string WorkflowId => RunData.Started.WorkflowId;
    public override int Run => Step.Run;
    public override int Attempt => Step.Attempt;
    public override long Now => RunData.Now;
    public override ParameterTree Parameters => Planned.Parameters;

    public override ExpressionScope ScopeFor(int item)
    {
        if (_scope is { } last && last.ItemIndex == item) return last;
        if (_scope is not null && Planned.Effect != Effect.External)
        {
            // Such a node goes from item to item and never works on two at a time, so one scope can go along.
            (_scope.ItemIndex, _scope.Previous) = (item, PreviousOf(item));
            return _scope;
        }

        return _scope = new ExpressionScope
        {
            NodeId = Node.Id,
            Items = Items,
            ItemIndex = item,
            RunIndex = Run,
            FindNode = _findNode ??= FindNode,
            NodeNames = RunData.Plan.NodeNames,
            Previous = PreviousOf(item),
            Parameters = Node.Parameters,
            Workflow = RunData.Workflow,
            Execution = RunData.Execution,
            Variables = RunData.Variables,
            Environment = RunData.Environment,
            Now = Now,
            TimeZone = RunData.Plan.Definition.Settings.Timezone,
            NextRandom = Planned.Effect == Effect.External ? () => NextRandom(item) : () => NextRandom(_scope!.ItemIndex),
            Limits = RunData.Limits,
            LenientPaths = RunData.Plan.Definition.Settings.LenientPaths,
        };
    }

    public override double NextRandom(int item)
    {
        _calls ??= new int[Math.Max(1, Items.Count)];
        return SeededNumbers.Random(RunData.Started.Seed, Node.Id, Run, item, _calls[item]++);
    }

    public override string IdempotencyKey(int item, int request) => SeededNumbers.IdempotencyKey(ExecutionId, Node.Id, Run, item, request);

    public override T Service<T>() where T : class =>
        (T?)RunData.Services.GetService(typeof(T))
        ?? throw new NodeException(NodeErrorCodes.NodeFailed, $"This host offers nodes no {typeof(T).Name}, which '{Node.Type}' needs.");

    public override IServiceProvider Services => RunData.Services;

    public override IRunFiles Files => RunData.Files ?? base.Files;

    public override SecretMask Mask => _mask ?? Interlocked.CompareExchange(ref _mask, new SecretMask(), null) ?? _mask;

    /// <summary>Null: the attempt has opened no secret.</summary>
    public SecretMask? MaskIfAny => _mask;

    public override async ValueTask<OpenedCredential?> OpenCredentialAsync(string slot, CancellationToken cancellationToken)
    {
        if (!Node.Credentials.TryGetValue(slot, out var id)) return null;
        var open = RunData.OpenCredential ?? throw new NodeException(NodeErrorCodes.NodeFailed, "This host keeps no credentials.");
        var credential = await open(id, cancellationToken).ConfigureAwait(false);
        foreach (var secret in credential.Secrets) Mask.Add(secret);
        return credential;
    }

    private NodeView? FindNode(string name)
    {
        if (RunData.Plan.FindByIdOrName(name) is not { } node) return null;
        return Views?.Find(node) ?? new NodeView(node.Definition.Name, node.Definition.Parameters, Outputs: null);
    }

    private PreviousNode? PreviousOf(int item)
    {
        if (Step.Inputs.IsDefaultOrEmpty) return null;
        foreach (var source in Step.Inputs[0].Sources)
        {
            if (item >= source.Count)
            {
                item -= source.Count;
                continue;
            }

            if (_previous is { } known && ReferenceEquals(known.Source, source)) return known.Node;
            var node = RunData.Plan.Find(source.Node);
            var previous = new PreviousNode(node?.Definition.Name ?? source.Node, Math.Max(0, node?.Outputs.IndexOf(source.Output) ?? 0), source.Run);
            _previous = new SourceNode(source, previous);
            return previous;
        }

        return null;
    }

    private static IReadOnlyList<int> PendingOf(RunNode step, int count)
    {
        if (!step.Pending.IsDefault) return step.Pending.Length == 1 && step.Pending[0] == NodeResult.WholeRun ? [] : step.Pending;
        return count switch { 0 => [], 1 => FirstItem, _ => [.. Enumerable.Range(0, count)] };
    }

    /// <summary>What <c>$prevNode</c> shows for the items of a source.</summary>
    private sealed record SourceNode(InputSource Source, PreviousNode Node);
}
