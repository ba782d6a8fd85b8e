using LinkFlow.Engine.Values;
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
        [.. work.Events.Select(e => new EventRow(Guid.CreateVersion7(), e.Type, e.Subject, JsonText.WriteBytes(e.Data)))]);

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
    public sealed record EventRow(Guid Id, string Type, string Subject, byte[] Data);
}
