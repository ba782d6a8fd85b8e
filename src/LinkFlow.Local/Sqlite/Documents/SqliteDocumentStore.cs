using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite.Documents;

/// <summary>Documents in SQLite. Each statement names the tenant; there is none that reads across tenants.</summary>
public sealed class SqliteDocumentStore : IDocumentStore
{
    private static readonly Sql Get = new("SELECT etag, body FROM documents WHERE tenant = ?1 AND type = ?2 AND id = ?3 AND (expires_at IS NULL OR expires_at > ?4)");

    /// <summary>Statements by their shape; there are few: a page's direction, the number of fields and whether it is within an aggregate.</summary>
    private static readonly ConcurrentDictionary<(int Fields, bool OldestFirst, bool Within), Sql> Shapes = new();

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly DocumentWrites _writes;
    private readonly TimeProvider _time;

    internal SqliteDocumentStore(SqliteWriter writer, SqliteReaders readers, DocumentWrites writes, TimeProvider time)
    {
        _writer = writer;
        _readers = readers;
        _writes = writes;
        _time = time;
    }

    public ValueTask<Document?> GetAsync(string tenant, DocumentType type, string id, CancellationToken cancellationToken = default) =>
        _readers.ReadAsync(session =>
        {
            var get = session.Prepare(Get).BindId(1, tenant).Bind(2, type.Name).Bind(3, id).Bind(4, Now);
            return get.Step() ? new Document(tenant, type, id, get.GetInt64(0), JsonText.ParseStored(get.GetSpan(1))) : null;
        }, cancellationToken);

    /// <exception cref="ArgumentException">As <see cref="DocumentQuery.RequireValid"/> says.</exception>
    public ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken = default)
    {
        query.RequireValid();
        return _readers.ReadAsync(session => ReadPage(session, query), cancellationToken);
    }

    public Task CommitAsync(UnitOfWork work, CancellationToken cancellationToken = default)
    {
        var prepared = PreparedDocuments.From(work);
        return _writer.WriteAsync(session =>
        {
            _writes.Apply(session, prepared);
            return true;
        }, prepared.Bytes, cancellationToken);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private DocumentPage ReadPage(SqliteSession session, DocumentQuery query)
    {
        var rows = Bound(session, query);
        var items = new List<Document>();
        string? last = null;
        for (var looked = 0; rows.Step(); looked++)
        {
            // The page is full, or enough was looked at, and there is more.
            if (items.Count == query.Limit || looked == query.ScanLimit) return new DocumentPage(items, query.OldestFirst ? rows.GetText(0) : last);
            last = rows.GetText(0);
            var body = JsonText.ParseStored(rows.GetSpan(2));
            if (query.Filter is null || query.Filter(body)) items.Add(new Document(query.Tenant, query.Type, last, rows.GetInt64(1), body));
        }

        return new DocumentPage(items, null);
    }

    private SqliteStatement Bound(SqliteSession session, DocumentQuery query)
    {
        var fields = query.Where.ToArray();
        var (from, before) = (query.FromId ?? "", query.BeforeId);
        if (query.Within is { } within)
        {
            // The ids of an aggregate are its name and what begins with it and a slash; '0' is the character behind the slash.
            if (string.CompareOrdinal(from, within) < 0) from = within;
            if (before is null || string.CompareOrdinal(before, within + "0") > 0) before = within + "0";
        }

        var rows = session.Prepare(Shapes.GetOrAdd((fields.Length, query.OldestFirst, query.Within is not null), Shape))
            .BindId(1, query.Tenant).Bind(2, query.Type.Name).Bind(3, from).Bind(4, Now);
        // A blob sorts behind every text: no upper bound.
        if (before is null) rows.Bind(5, [0]);
        else rows.Bind(5, before);
        for (var i = 0; i < fields.Length; i++) rows.Bind(6 + 2 * i, fields[i].Key).Bind(7 + 2 * i, fields[i].Value);
        if (query.Within is { } aggregate) rows.Bind(6 + 2 * fields.Length, aggregate).Bind(7 + 2 * fields.Length, aggregate + "/");
        return rows;
    }

    /// <summary>Without fields the documents themselves are walked; else the first field's index, with the others looked up by id.</summary>
    private static Sql Shape((int Fields, bool OldestFirst, bool Within) shape)
    {
        var order = shape.OldestFirst ? "ASC" : "DESC";
        var text = new StringBuilder("SELECT d.id, d.etag, d.body FROM ");
        for (var i = 0; i < shape.Fields; i++) text.Append(CultureInfo.InvariantCulture, $"document_fields f{i} CROSS JOIN ");
        text.Append("documents d WHERE d.tenant = ?1 AND d.type = ?2 AND (d.expires_at IS NULL OR d.expires_at > ?4)");
        for (var i = 0; i < shape.Fields; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" AND f{i}.tenant = ?1 AND f{i}.type = ?2 AND f{i}.field = ?{6 + 2 * i} AND f{i}.value = ?{7 + 2 * i}");
            text.Append(i == 0 ? " AND d.id = f0.id" : $" AND f{i}.id = f0.id");
        }

        var walked = shape.Fields == 0 ? "d" : "f0";
        text.Append(CultureInfo.InvariantCulture, $" AND {walked}.id >= ?3 AND {walked}.id < ?5");
        if (shape.Within) text.Append(CultureInfo.InvariantCulture, $" AND ({walked}.id = ?{6 + 2 * shape.Fields} OR {walked}.id >= ?{7 + 2 * shape.Fields})");
        text.Append(CultureInfo.InvariantCulture, $" ORDER BY {walked}.id {order}");
        return new Sql(text.ToString());
    }
}
