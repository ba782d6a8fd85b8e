using LinkFlow.Engine.Values;
using LinkFlow.Platform;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite.Documents;

/// <summary>A unit of work with its JSON written, so that the writer's thread only has to bind it.</summary>
internal sealed class PreparedDocuments
{
    private PreparedDocuments(string tenant, DocumentRow[] rows, EventRow[] events)
    {
        Tenant = tenant;
        Rows = rows;
        Events = events;
        Bytes = rows.Sum(r => r.Body.Length) + events.Sum(e => e.Data.Length);
    }

    public string Tenant { get; }
    public DocumentRow[] Rows { get; }
    public EventRow[] Events { get; }
    public int Bytes { get; }

    public static PreparedDocuments From(UnitOfWork work) => new(
        work.Tenant,
        [.. work.Writes.Select(Row)],
        [.. work.Events.Select(e => Row(work.Tenant, e))]);

    /// <exception cref="ArgumentException">The event is too large.</exception>
    private static EventRow Row(string tenant, OutgoingEvent raised)
    {
        var whole = CloudEvent.Of(raised, tenant, Ids.Next(), DateTimeOffset.UnixEpoch);
        var json = whole.ToJson();
        // It happened when it is committed, which is not yet.
        if (raised.Time is null) json.Remove("time");
        var bytes = JsonText.WriteBytes(json);
        return bytes.Length <= CloudEvent.MaxStoredBytes
            ? new EventRow(whole.Id, raised.Type, raised.Subject, raised.Target, bytes)
            : throw new ArgumentException($"The event '{raised.Type}' of '{raised.Subject}' has {bytes.Length} bytes; at most {CloudEvent.MaxBytes} are allowed.", nameof(raised));
    }

    private static DocumentRow Row(DocumentWrite write) => new(write, write.IsDelete ? [] : JsonText.WriteBytes(write.Body), FieldsText(write.Fields));

    /// <summary>Sorted by name, so that equal fields give equal text; null: none.</summary>
    private static string? FieldsText(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.Count == 0) return null;
        var sorted = new ObjectValue(fields.Count);
        foreach (var (name, value) in fields.OrderBy(f => f.Key, StringComparer.Ordinal)) sorted.Set(name, value);
        return JsonText.Write(sorted);
    }

    public sealed record DocumentRow(DocumentWrite Write, byte[] Body, string? Fields);
    public sealed record EventRow(string Id, string Type, string Subject, string? Target, byte[] Data);
}
