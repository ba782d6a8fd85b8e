using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>What a node type declares about itself: what <c>GET /nodes/{type}</c> shows, validation checks and the plan builds on.</summary>
public sealed record NodeDescriptor
{
    public required string Type { get; init; }
    public int Version { get; init; } = 1;
    public required string Name { get; init; }

    /// <summary>triggers, flow, data, code, network, …</summary>
    public required string Group { get; init; }
    public required string Description { get; init; }
    public NodeKind Kind { get; init; }

    /// <summary>The widest effect that the node can have; <see cref="EffectOf"/> may narrow it by parameters.</summary>
    public Effect Effect { get; init; }
    public Func<ObjectValue, Effect>? EffectOf { get; init; }

    /// <summary>The parameters that <see cref="EffectOf"/> looks at: where one of them is an expression, the widest effect is assumed. Null: all of them.</summary>
    public IReadOnlySet<string>? EffectParameters { get; init; }

    public IReadOnlyList<string> Inputs { get; init; } = [Connection.Main];
    public IReadOnlyList<string> Outputs { get; init; } = [Connection.Main];

    /// <summary>The inputs and outputs when they depend on (literal) parameters: merge, switch, wait.</summary>
    public Func<ObjectValue, IReadOnlyList<string>>? InputsOf { get; init; }
    public Func<ObjectValue, IReadOnlyList<string>>? OutputsOf { get; init; }

    /// <summary>JSON Schema 2020-12 of the parameters, an object schema with <c>additionalProperties: false</c>.</summary>
    public required ObjectValue ParametersSchema { get; init; }
    public IReadOnlyList<string> CredentialTypes { get; init; } = [];

    /// <summary>The built-in tries, when a node has no <c>retry</c> of its own.</summary>
    public RetryPolicy? DefaultRetry { get; init; }

    /// <summary>Parameters whose expressions may come out undefined without failing the item: a condition's left and right.</summary>
    public IReadOnlySet<string> MayBeUndefined { get; init; } = new HashSet<string>();

    /// <summary>Documentation in Markdown; the node reference is generated from it.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>A node definition that works, as it stands in a workflow.</summary>
    public ObjectValue Example { get; init; } = new();

    /// <summary>Checks beyond the schema, on literal parameters: pointer (relative to parameters) and message.</summary>
    public Func<ObjectValue, IEnumerable<(string Pointer, string Message)>>? Check { get; init; }

    public bool IsTrigger => Kind is NodeKind.Trigger;
    public IReadOnlyList<string> InputsFor(ObjectValue parameters) => InputsOf?.Invoke(parameters) ?? Inputs;
    public IReadOnlyList<string> OutputsFor(ObjectValue parameters) => OutputsOf?.Invoke(parameters) ?? Outputs;
    public Effect EffectFor(ObjectValue parameters) => EffectOf?.Invoke(parameters) ?? Effect;
}

/// <summary>What the decider must know of a node type; everything else is an ordinary node to it.</summary>
public enum NodeKind
{
    Ordinary,

    /// <summary>Starts executions; never has inputs.</summary>
    Trigger,

    /// <summary>Runs when any of its inputs has items and sees dead ones as empty.</summary>
    Merge,

    /// <summary>Hands batches to <c>loop</c>, the joined results to <c>done</c>.</summary>
    Loop,
}

/// <summary>What running a node touches: its input only; LinkFlow's own state; the world.</summary>
public enum Effect { Pure, Stateful, External }
