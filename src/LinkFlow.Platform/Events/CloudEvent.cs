using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary>
/// An event by CloudEvents 1.0. Our extensions: <c>tenantid</c>, <c>actorid</c>, <c>sequence</c> (the subject's version, sixteen
/// digits, so that it sorts), <c>correlationid</c>, <c>causationid</c>, <c>causationdepth</c> and <c>traceparent</c>.
/// </summary>
public sealed record CloudEvent
{
    public const string SpecVersion = "1.0";

    /// <summary>Of the structured form in an HTTP message.</summary>
    public const string ContentType = "application/cloudevents+json";

    /// <summary>Types that only LinkFlow itself publishes begin with this.</summary>
    public const string OwnPrefix = "linkflow.";

    /// <summary>The largest event, in bytes of its structured form.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The largest one with the attributes that are added here.</summary>
    public const int MaxStoredBytes = MaxBytes + (16 << 10);

    public required string Id { get; init; }
    public required string Source { get; init; }
    public required string Type { get; init; }

    /// <summary>Null: events without one need no order.</summary>
    public string? Subject { get; init; }
    public required DateTimeOffset Time { get; init; }

    /// <summary>Undefined: there is none, or <see cref="DataBase64"/> has it.</summary>
    public Value Data { get; init; }

    /// <summary>Data that is no JSON; else null.</summary>
    public string? DataBase64 { get; init; }
    public string? DataContentType { get; init; }
    public string? DataSchema { get; init; }

    /// <summary>All extension attributes, ours among them: strings, whole numbers and booleans.</summary>
    public ObjectValue Extensions { get; init; } = new(0);

    public string Tenant => Extensions["tenantid"].AsString ?? throw new FormatException($"The event '{Id}' has no extension 'tenantid'.");
    public string? Actor => Extensions["actorid"].AsString;

    /// <summary>What an execution or an event that this one brings about follows from.</summary>
    public EventCause Consequence => new(CorrelationId, Id, Depth + 1, Extensions["traceparent"].AsString);

    /// <summary>Its own id where it is the first of its chain.</summary>
    public string CorrelationId => Extensions["correlationid"].AsString ?? Id;

    /// <summary>How many events lie behind it in its chain.</summary>
    public int Depth => Extensions["causationdepth"] is { IsNumber: true } depth ? (int)Math.Clamp(depth.AsNumber, 0, int.MaxValue) : 0;

    /// <summary>An event as it leaves.</summary>
    /// <param name="id">Of an event that brings none.</param>
    /// <param name="committedAt">The time of an event that brings none.</param>
    public static CloudEvent Of(OutgoingEvent outgoing, string tenant, string id, DateTimeOffset committedAt)
    {
        var attributes = outgoing.Attributes ?? new ObjectValue(0);
        var own = outgoing.Id ?? id;
        var extensions = new ObjectValue(8);
        foreach (var (name, value) in attributes)
            if (!CloudEventAttributes.IsCore(name)) extensions.Set(name, value);
        extensions.Set("tenantid", tenant);
        extensions.Remove("actorid");
        if (outgoing.Actor is { } actor) extensions.Set("actorid", actor);
        if (outgoing.Sequence is { } sequence) extensions.Set("sequence", sequence.ToString("D16", CultureInfo.InvariantCulture));
        extensions.Set("correlationid", outgoing.Cause?.CorrelationId ?? own);
        extensions.Remove("causationid");
        if (outgoing.Cause?.CausationId is { } causation) extensions.Set("causationid", causation);
        extensions.Remove("causationdepth");
        if (outgoing.Cause is { Depth: > 0 and var depth }) extensions.Set("causationdepth", depth);
        if (outgoing.Cause?.Traceparent is { } trace) extensions.Set("traceparent", trace);
        return new CloudEvent
        {
            Id = own,
            Source = outgoing.Source ?? $"/linkflow/{tenant}",
            Type = outgoing.Type,
            Subject = outgoing.Subject.Length == 0 ? null : outgoing.Subject,
            Time = outgoing.Time ?? committedAt,
            Data = outgoing.Data,
            DataBase64 = attributes["data_base64"].AsString,
            DataContentType = attributes["datacontenttype"].AsString ?? (outgoing.Data.IsUndefined ? null : "application/json"),
            DataSchema = attributes["dataschema"].AsString,
            Extensions = extensions,
        };
    }

    /// <summary>The same event, to leave once more.</summary>
    public OutgoingEvent Again()
    {
        var attributes = Extensions.Copy();
        if (DataContentType is not null) attributes.Set("datacontenttype", DataContentType);
        if (DataSchema is not null) attributes.Set("dataschema", DataSchema);
        if (DataBase64 is not null) attributes.Set("data_base64", DataBase64);
        return new OutgoingEvent(Type, Subject ?? "", Data)
        {
            Id = Id,
            Source = Source,
            Time = Time,
            Actor = Actor,
            Attributes = attributes,
            Cause = new EventCause(CorrelationId, Extensions["causationid"].AsString, Depth, Extensions["traceparent"].AsString),
        };
    }

    /// <summary>The structured form.</summary>
    public ObjectValue ToJson()
    {
        var json = new ObjectValue(10 + Extensions.Count) { { "specversion", SpecVersion }, { "id", Id }, { "source", Source }, { "type", Type } };
        if (Subject is not null) json.Set("subject", Subject);
        json.Set("time", Rfc3339.Write(Time));
        if (DataContentType is not null) json.Set("datacontenttype", DataContentType);
        if (DataSchema is not null) json.Set("dataschema", DataSchema);
        foreach (var (name, value) in Extensions) json.Set(name, value);
        if (DataBase64 is not null) json.Set("data_base64", DataBase64);
        else if (!Data.IsUndefined) json.Set("data", Data);
        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="time">Of an event that has none.</param>
    /// <exception cref="FormatException">It is no such event.</exception>
    public static CloudEvent FromJson(Value json, DateTimeOffset? time = null)
    {
        var extensions = new ObjectValue(8);
        foreach (var (name, value) in json.AsObject ?? throw new FormatException("An event is a JSON object."))
            if (!CloudEventAttributes.IsCore(name)) extensions.Set(name, value);
        return new CloudEvent
        {
            Id = Text(json, "id"),
            Source = Text(json, "source"),
            Type = Text(json, "type"),
            Subject = json["subject"].AsString,
            Time = json["time"].IsUndefined && time is { } known ? known : TimeOf(json),
            Data = json["data"],
            DataBase64 = json["data_base64"].AsString,
            DataContentType = json["datacontenttype"].AsString,
            DataSchema = json["dataschema"].AsString,
            Extensions = extensions,
        };
    }

    private static DateTimeOffset TimeOf(Value json) =>
        Rfc3339.TryParse(Text(json, "time"), out var time) ? time : throw new FormatException($"The event's time '{json["time"]}' is none.");

    private static string Text(Value json, string name) => json[name].AsString ?? throw new FormatException($"The event has no text '{name}'.");
}
