using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite.Documents;

/// <summary>Puts a unit of work into the tables. Runs on the writer's thread, within a member's savepoint.</summary>
internal sealed class DocumentWrites(StorePositions positions, TimeProvider time)
{
    private static readonly Sql Find = new("SELECT number, etag, expires_at, fields FROM documents WHERE tenant = ?1 AND type = ?2 AND id = ?3");
    private static readonly Sql Insert = new("INSERT INTO documents(tenant, type, id, etag, expires_at, fields, body) VALUES(?1, ?2, ?3, 1, ?4, ?5, ?6)");
    private static readonly Sql Update = new("UPDATE documents SET etag = ?2, expires_at = ?3, fields = ?4, body = ?5 WHERE number = ?1");
    private static readonly Sql Remove = new("DELETE FROM documents WHERE number = ?1");
    private static readonly Sql RemoveRange = new("DELETE FROM documents WHERE tenant = ?1 AND type = ?2 AND id >= ?3 AND id < ?4");
    private static readonly Sql InsertField = new("INSERT INTO document_fields(tenant, type, field, value, id) VALUES(?1, ?2, ?3, ?4, ?5)");
    private static readonly Sql RemoveField = new("DELETE FROM document_fields WHERE tenant = ?1 AND type = ?2 AND field = ?3 AND value = ?4 AND id = ?5");
    private static readonly Sql InsertEvent = new("INSERT INTO outbox(position, id, tenant, type, subject, at, data, format, target) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)");
    private static readonly Sql FindExpired = new("SELECT tenant, type, id FROM documents INDEXED BY documents_expiring WHERE expires_at <= ?1 LIMIT ?2");

    /// <exception cref="DocumentConflictException">A precondition does not hold.</exception>
    public void Apply(SqliteSession session, PreparedDocuments work)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var row in work.Rows) Apply(session, work.Tenant, row, now);
        foreach (var raised in work.Events)
        {
            session.Prepare(InsertEvent).Bind(1, positions.Next()).BindId(2, raised.Id).BindId(3, work.Tenant)
                .Bind(4, raised.Type).Bind(5, raised.Subject).Bind(6, now).Bind(7, raised.Data.AsSpan()).Bind(8, raised.Target).Run();
        }
    }

    /// <returns>How many were deleted; fewer than the limit: there are no more.</returns>
    public int DeleteExpired(SqliteSession session, int limit)
    {
        var expired = new List<(string Tenant, string Type, string Id)>();
        var find = session.Prepare(FindExpired).Bind(1, time.GetUtcNow().ToUnixTimeMilliseconds()).Bind(2, limit);
        while (find.Step()) expired.Add((find.GetId(0), find.GetText(1), find.GetId(2)));
        foreach (var (tenant, type, id) in expired)
        {
            if (Look(session, tenant, type, id) is { } found) Delete(session, tenant, type, id, found);
        }

        return expired.Count;
    }

    /// <summary>Deletes documents of a type without fields, by a range of ids.</summary>
    /// <param name="toId">Exclusive.</param>
    public static void DeleteRange(SqliteSession session, string tenant, string type, string fromId, string toId) =>
        session.Prepare(RemoveRange).BindId(1, tenant).Bind(2, type).Bind(3, fromId).Bind(4, toId).Run();

    private static void Apply(SqliteSession session, string tenant, PreparedDocuments.DocumentRow row, long now)
    {
        var write = row.Write;
        var type = write.Type.Name;
        var found = Look(session, tenant, type, write.Id);
        var visibleETag = found is { } there && (there.ExpiresAt is null || there.ExpiresAt > now) ? there.ETag : 0;
        if (write.Expected is { } expected && expected != visibleETag) throw new DocumentConflictException(write.Type, write.Id);

        if (write.IsDelete)
        {
            if (found is { } old) Delete(session, tenant, type, write.Id, old);
        }
        else if (found is { } old)
        {
            session.Prepare(Update).Bind(1, old.Number).Bind(2, old.ETag + 1).Bind(3, write.ExpiresAt?.ToUnixTimeMilliseconds())
                .Bind(4, row.Fields).Bind(5, row.Body.AsSpan()).Run();
            if (old.Fields == row.Fields) return;
            ChangeFields(session, RemoveField, tenant, type, write.Id, old.Fields);
            ChangeFields(session, InsertField, tenant, type, write.Id, row.Fields);
        }
        else
        {
            session.Prepare(Insert).BindId(1, tenant).Bind(2, type).Bind(3, write.Id).Bind(4, write.ExpiresAt?.ToUnixTimeMilliseconds())
                .Bind(5, row.Fields).Bind(6, row.Body.AsSpan()).Run();
            ChangeFields(session, InsertField, tenant, type, write.Id, row.Fields);
        }
    }

    private static void Delete(SqliteSession session, string tenant, string type, string id, Stored found)
    {
        session.Prepare(Remove).Bind(1, found.Number).Run();
        ChangeFields(session, RemoveField, tenant, type, id, found.Fields);
    }

    private static void ChangeFields(SqliteSession session, Sql change, string tenant, string type, string id, string? fields)
    {
        if (fields is null) return;
        var values = JsonText.Parse(fields).AsObject!;
        for (var i = 0; i < values.Count; i++)
        {
            session.Prepare(change).BindId(1, tenant).Bind(2, type).Bind(3, values.NameAt(i)).Bind(4, values.ValueAt(i).AsString).Bind(5, id).Run();
        }
    }

    private static Stored? Look(SqliteSession session, string tenant, string type, string id)
    {
        var find = session.Prepare(Find).BindId(1, tenant).Bind(2, type).Bind(3, id);
        if (!find.Step()) return null;
        var stored = new Stored(find.GetInt64(0), find.GetInt64(1), find.GetInt64OrNull(2), find.GetTextOrNull(3));
        find.Reset();
        return stored;
    }

    private readonly record struct Stored(long Number, long ETag, long? ExpiresAt, string? Fields);
}
