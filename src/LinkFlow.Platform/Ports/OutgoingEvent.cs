using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Ports;

/// <summary>An event to be published once the change that made it is durable. What is null is filled in when it is committed.</summary>
/// <param name="Type">As in the catalogue, <c>linkflow.workflow.created.v1</c>, or a user's own.</param>
/// <param name="Subject">The id of what it is about; events with one subject are handled in their order.</param>
/// <param name="Data">Never a secret.</param>
public sealed record OutgoingEvent(string Type, string Subject, Value Data)
{
    /// <summary>Who did it, as <c>Principal.Id</c>; null: LinkFlow itself.</summary>
    public string? Actor { get; init; }

    /// <summary>The version of what it is about, from 1; null: it has none.</summary>
    public long? Sequence { get; init; }

    /// <summary>What it follows from; null: nothing that is known.</summary>
    public EventCause? Cause { get; init; }

    /// <summary>Its id, the same however often it is published; null: one is drawn.</summary>
    public string? Id { get; init; }

    /// <summary>Null: this installation.</summary>
    public string? Source { get; init; }

    /// <summary>When it happened; null: when it is committed.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Further CloudEvents attributes as they are written (datacontenttype, dataschema, data_base64, a publisher's extensions); null: none.</summary>
    public ObjectValue? Attributes { get; init; }

    /// <summary>The only subscriber that gets it; null: all that want it.</summary>
    public string? Target { get; init; }
}

/// <summary>What an event or an execution follows from.</summary>
/// <param name="CorrelationId">Common to all that one first cause led to, at most 128 characters.</param>
/// <param name="CausationId">The id of the event that it was directly caused by; null: none was.</param>
/// <param name="Depth">How many events lie behind it in its chain; 0: none.</param>
/// <param name="Traceparent">As W3C Trace Context writes it.</param>
public sealed record EventCause(string? CorrelationId, string? CausationId = null, int Depth = 0, string? Traceparent = null);
