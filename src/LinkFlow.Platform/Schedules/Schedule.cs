using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Schedules;

/// <summary>What starts a workflow by the clock. What changes with every firing is apart, in <see cref="ScheduleState"/>, so that firing changes no ETag.</summary>
public sealed record Schedule
{
    public static readonly DocumentType Type = new("schedule", "workflowId", "enabled");

    public required string Id { get; init; }
    public required string WorkflowId { get; init; }

    /// <summary>The trigger that it fires.</summary>
    public required string NodeId { get; init; }
    public required ScheduleRule Rule { get; init; }
    public bool Enabled { get; init; } = true;

    /// <summary>Why LinkFlow disabled it; null: nobody did, or a user did.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>True: a <c>schedule</c> node of an active workflow made it, and says what its rule is.</summary>
    public bool IsNodes { get; init; }

    /// <summary>Firings before this do not count as failures in a row.</summary>
    public required DateTimeOffset EnabledAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>As the API shows it.</summary>
    public ObjectValue Show(ScheduleState state) => ToDocument()
        .Set("nextAt", Enabled ? ScheduleRuleJson.Time(state.NextAt) : Value.Null)
        .Set("lastAt", ScheduleRuleJson.Time(state.LastAt));

    /// <summary>The stored form.</summary>
    public ObjectValue ToDocument() => ScheduleRuleJson.Write(Rule, new ObjectValue { { "id", Id }, { "workflowId", WorkflowId }, { "nodeId", NodeId } })
        .Set("enabled", Enabled)
        .Set("disabledReason", ScheduleRuleJson.Text(DisabledReason))
        .Set("source", IsNodes ? "node" : "api")
        .Set("enabledAt", Rfc3339.Write(EnabledAt))
        .Set("createdAt", Rfc3339.Write(CreatedAt))
        .Set("updatedAt", Rfc3339.Write(UpdatedAt))
        .Set("createdBy", CreatedBy);

    /// <summary>What events say of it.</summary>
    public ObjectValue Told() => new(4) { { "scheduleId", Id }, { "workflowId", WorkflowId }, { "nodeId", NodeId }, { "enabled", Enabled } };

    public void Put(UnitOfWork work, long? expected) =>
        work.Put(Type, Id, ToDocument(), new Dictionary<string, string> { ["workflowId"] = WorkflowId, ["enabled"] = Enabled ? "true" : "false" }, expected);

    public static Schedule FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        WorkflowId = body["workflowId"].AsString!,
        NodeId = body["nodeId"].AsString!,
        Rule = ScheduleRuleJson.ReadStored(body.AsObject!),
        Enabled = body["enabled"].AsBoolean,
        DisabledReason = body["disabledReason"].AsString,
        IsNodes = body["source"].AsString == "node",
        EnabledAt = TimeOf(body["enabledAt"])!.Value,
        CreatedAt = TimeOf(body["createdAt"])!.Value,
        UpdatedAt = TimeOf(body["updatedAt"])!.Value,
        CreatedBy = body["createdBy"].AsString!,
    };

    internal static DateTimeOffset? TimeOf(Value value) => value.AsString is { } text && Rfc3339.TryParse(text, out var time) ? time : null;
}
