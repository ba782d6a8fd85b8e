using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Nodes.Tests;

/// <summary>Runs one node without a host: by the runner, in a workflow of a start node and it.</summary>
public sealed class NodeTest
{
    public static readonly NodeRegistry Registry = BuiltInNodes.All();

    public string Type { get; init; } = "";
    public string Parameters { get; init; } = "{}";

    /// <summary>The json of the items, input by input.</summary>
    public string[] Inputs { get; init; } = ["""[{}]"""];
    public OnError OnError { get; init; }
    public RetryPolicy? Retry { get; init; }
    public int Attempt { get; init; } = 1;
    public int Run { get; init; }
    public int TimeoutSeconds { get; init; } = 300;
    public long Now { get; init; } = 1_700_000_000_000;
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    public object? Service { get; init; }

    /// <summary>What the node's slot <c>auth</c> opens as; null: it names none.</summary>
    public OpenedCredential? Credential { get; init; }

    /// <param name="parameters">JSON.</param>
    /// <param name="inputs">A JSON array of objects each.</param>
    public static Task<NodeOutcome> RunAsync(string type, string parameters, params string[] inputs) =>
        new NodeTest { Type = type, Parameters = parameters, Inputs = inputs.Length > 0 ? inputs : ["""[{}]"""] }.RunAsync();

    public async Task<NodeOutcome> RunAsync(CancellationToken cancellationToken = default)
    {
        var node = new NodeDefinition
        {
            Id = "it", Name = "it", Type = Type, Parameters = Object(Parameters), OnError = OnError, Retry = Retry, TimeoutSeconds = TimeoutSeconds,
            Credentials = Credential is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["auth"] = Credential.Id },
        };
        var descriptor = Registry.Describe(Type)!;
        var names = descriptor.InputsFor(node.Parameters);
        var definition = new WorkflowDefinition
        {
            Nodes = descriptor.IsTrigger ? [node] : [new NodeDefinition { Id = "start", Name = "start", Type = "start" }, node],
            Connections = descriptor.IsTrigger ? [] : [.. names.Select(n => new Connection("start", "it", TargetInput: n))],
        };
        var inputs = Inputs.Select(Items).ToList();
        var run = new NodeRun
        {
            Plan = ExecutionPlan.Build(definition, Registry, definition.Nodes[0].Id, isManual: false),
            Step = Step(names, inputs),
            Started = Started,
            Inputs = inputs,
            Now = Now,
            Visible = new Dictionary<int, VisibleRun>(),
            Load = (_, _) => throw new InvalidOperationException("Nothing is to be loaded here."),
            LoadPartial = (_, _) => throw new InvalidOperationException("Nothing is to be loaded here."),
            Services = new Lent(Service),
            OpenCredential = (_, _) => new(Credential!),
            Clock = Clock,
            Jitter = () => 0.5,
            NewId = () => "child",
        };
        return new NodeOutcome(await NodeRunner.RunAsync(run, cancellationToken));
    }

    public static ObjectValue Object(string json) => JsonText.Parse(json).AsObject!;

    private static IReadOnlyList<Item> Items(string json) => [.. JsonText.Parse(json).AsArray!.Select(v => new Item(v.AsObject!))];

    private RunNode Step(IReadOnlyList<string> names, List<IReadOnlyList<Item>> inputs) => new()
    {
        Node = "it",
        Run = Run,
        Attempt = Attempt,
        IsExternal = false,
        Now = Now,
        Inputs = [.. inputs.Select((items, i) => new StepInput(i < names.Count ? names[i] : "main", [], [new InputSource("start", "main", 0, items.Count)]))],
    };

    private static ExecutionStarted Started { get; } = new()
    {
        ExecutionId = "execution", WorkflowId = "workflow", WorkflowVersion = 1, RulesVersion = 1, Seed = "00112233445566778899aabbccddeeff",
        Mode = "manual", StartNode = "start", Input = Payload.Of([]),
    };

    private sealed class Lent(object? service) : IServiceProvider
    {
        private static readonly CredentialTypes Types = CredentialTypes.BuiltIn();

        public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(service) ? service : serviceType == typeof(CredentialTypes) ? Types : null;
    }
}

/// <summary>What a run came to, in forms that are short to assert.</summary>
public sealed class NodeOutcome(ExecutionEvent ended)
{
    public ExecutionEvent Event { get; } = ended;

    /// <summary>The first failure: of the run, handled, or of the attempt.</summary>
    public string? Code => (Event as NodeFailed)?.Error.Code ?? (Event as NodeCompleted)?.HandledError?.Code ?? (Event as NodeAttemptFailed)?.Failures[0].Error.Code;
    public string? Message => (Event as NodeFailed)?.Error.Message ?? (Event as NodeCompleted)?.HandledError?.Message ?? (Event as NodeAttemptFailed)?.Failures[0].Error.Message;

    public ImmutableArray<OutputData> Outputs => Event switch
    {
        NodeCompleted completed => completed.Outputs,
        NodeFailed failed => failed.Outputs,
        _ => throw new InvalidOperationException($"The run ended in {Event}."),
    };

    public Value Response => JsonText.Parse(((NodeCompleted)Event).Response!.Inline.Span).AsArray![0];

    /// <summary>The json of the items on an output, as a JSON array.</summary>
    public string Json(string output = "main") => JsonText.Write(new ArrayValue(Items(output).Select(i => Value.From(i.Json))));

    public IReadOnlyList<Item> Items(string output = "main") =>
        Outputs.FirstOrDefault(o => o.Output == output) is { } data ? ItemJson.Read(data.Items.Inline) : [];

    /// <summary>The pairings of the items on an output: <c>0:1 1:2</c> are input and item, an item's pairs joined by <c>+</c>.</summary>
    public string Pairs(string output = "main") =>
        string.Join(' ', Items(output).Select(i => string.Join('+', (i.PairedItems ?? []).Select(p => $"{p.Input}:{p.Item}"))));
}
