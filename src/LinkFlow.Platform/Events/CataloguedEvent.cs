using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary>One type of event that LinkFlow publishes. A published type and its fields are for ever; fields may be added.</summary>
/// <param name="Entity">snake_case; what the subject is an id of.</param>
/// <param name="Action">snake_case, in the past.</param>
public sealed record CataloguedEvent(string Entity, string Action, string Description, params IReadOnlyList<DataField> Fields)
{
    public string Type { get; } = $"{CloudEvent.OwnPrefix}{Entity}.{Action}.v1";

    /// <summary>JSON Schema 2020-12 of <c>data</c>.</summary>
    public ObjectValue DataSchema { get; } = SchemaOf(Fields);

    /// <summary>An event of this type.</summary>
    /// <param name="actor">Who did it; null: LinkFlow itself.</param>
    /// <param name="subject">The entity's id.</param>
    /// <param name="sequence">The entity's version; null: it has none.</param>
    public OutgoingEvent By(string? actor, string subject, ObjectValue data, long? sequence = null) => new(Type, subject, data) { Actor = actor, Sequence = sequence };

    /// <summary>As the API shows it.</summary>
    public ObjectValue Show() => new() { { "type", Type }, { "entity", Entity }, { "action", Action }, { "description", Description }, { "dataSchema", DataSchema } };

    private static ObjectValue SchemaOf(IReadOnlyList<DataField> fields)
    {
        var properties = new ObjectValue(fields.Count);
        foreach (var field in fields) properties.Set(field.Name, field.Schema());
        var schema = new ObjectValue
        {
            { "$schema", "https://json-schema.org/draft/2020-12/schema" }, { "type", "object" }, { "properties", properties },
            { "required", new ArrayValue(fields.Where(f => !f.IsOptional).Select(f => Value.From(f.Name))) },
        };
        schema.Freeze();
        return schema;
    }
}

/// <summary>A field of an event's data.</summary>
/// <param name="Kind">A JSON type; with a question mark: or null.</param>
public sealed record DataField(string Name, string Kind, string Description)
{
    /// <summary>It may be absent.</summary>
    public bool IsOptional { get; init; }

    public ObjectValue Schema()
    {
        var type = Kind.EndsWith('?') ? Value.From(new ArrayValue([Kind[..^1], "null"])) : Kind;
        return new ObjectValue { { "type", type }, { "description", Description } };
    }
}
