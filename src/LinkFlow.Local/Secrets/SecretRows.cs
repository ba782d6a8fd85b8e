using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Secrets;

namespace LinkFlow.Local.Secrets;

/// <summary>The envelopes in the database, which knows nothing of what is in them but the id of their master key.</summary>
public sealed class SecretRows
{
    private static readonly Sql Get = new("SELECT envelope FROM secrets WHERE tenant = ?1 AND name = ?2 AND version = ?3");
    private static readonly Sql Newest = new("SELECT version FROM secrets WHERE tenant = ?1 AND name = ?2 ORDER BY version DESC LIMIT 1");
    private static readonly Sql InsertOne = new("INSERT INTO secrets(tenant, name, version, made_at, envelope) VALUES(?1, ?2, ?3, ?4, ?5)");
    private static readonly Sql FindDeleted = new("SELECT 1 FROM deleted_secrets WHERE tenant = ?1 AND name = ?2");
    private static readonly Sql MarkDeleted = new("INSERT INTO deleted_secrets(tenant, name) SELECT ?1, ?2 WHERE EXISTS(SELECT 1 FROM secrets WHERE tenant = ?1 AND name = ?2)");

    // What is deleted is overwritten first: a deleted row's bytes stay in the file until another row takes their place.
    private static readonly Sql Overwrite = new("UPDATE secrets SET envelope = zeroblob(length(envelope)) WHERE tenant = ?1 AND name = ?2");
    private static readonly Sql Remove = new("DELETE FROM secrets WHERE tenant = ?1 AND name = ?2");
    private static readonly Sql OverwriteOthers = new("UPDATE secrets SET envelope = zeroblob(length(envelope)) WHERE tenant = ?1 AND name = ?2 AND version <> ?3 AND EXISTS(SELECT 1 FROM secrets WHERE tenant = ?1 AND name = ?2 AND version = ?3)");
    private static readonly Sql RemoveOthers = new("DELETE FROM secrets WHERE tenant = ?1 AND name = ?2 AND version <> ?3 AND EXISTS(SELECT 1 FROM secrets WHERE tenant = ?1 AND name = ?2 AND version = ?3)");

    private static readonly Sql WrappedBy = new("SELECT number, tenant, name, version, envelope FROM secrets WHERE substr(envelope, 2, 8) = ?1 AND number > ?2 ORDER BY number LIMIT ?3");
    private static readonly Sql ReplaceEnvelope = new("UPDATE secrets SET envelope = ?2 WHERE number = ?1");
    private static readonly Sql CountByKey = new("SELECT substr(envelope, 2, 8), count(*) FROM secrets GROUP BY substr(envelope, 2, 8)");
    private static readonly Sql NoteKey = new("INSERT INTO master_keys(id, first_used_at) VALUES(?1, ?2) ON CONFLICT DO NOTHING");
    private static readonly Sql KeyUse = new("SELECT first_used_at FROM master_keys WHERE id = ?1");

    private readonly SqliteReaders _readers;

    internal SecretRows(SqliteWriter writer, SqliteReaders readers)
    {
        Writer = writer;
        _readers = readers;
    }

    internal SqliteWriter Writer { get; }

    /// <returns>Null: there is none.</returns>
    internal ValueTask<byte[]?> ReadAsync(SecretPlace place, CancellationToken cancellationToken) => _readers.ReadAsync(session =>
    {
        var row = session.Prepare(Get).BindId(1, place.Tenant).Bind(2, place.Name).BindId(3, place.Version);
        return row.Step() ? row.GetBytes(0) : null;
    }, cancellationToken);

    /// <returns>Null: the name has no version.</returns>
    internal ValueTask<string?> NewestVersionAsync(string tenant, string name, CancellationToken cancellationToken) =>
        _readers.ReadAsync(session => ReadNewest(session, tenant, name), cancellationToken);

    /// <summary>How many envelopes each master key wraps.</summary>
    internal ValueTask<IReadOnlyDictionary<MasterKeyId, long>> CountByKeyAsync(CancellationToken cancellationToken = default) =>
        _readers.ReadAsync<IReadOnlyDictionary<MasterKeyId, long>>(session =>
        {
            var counts = new Dictionary<MasterKeyId, long>();
            var rows = session.Prepare(CountByKey);
            // What is too short to name a key is damaged, and opening it says so.
            while (rows.Step())
                if (rows.GetSpan(0) is { Length: MasterKeyId.Size } id) counts[MasterKeyId.Read(id)] = rows.GetInt64(1);
            return counts;
        }, cancellationToken);

    /// <returns>Null: the key has not been used here.</returns>
    internal ValueTask<DateTimeOffset?> FirstUseAsync(MasterKeyId key, CancellationToken cancellationToken) =>
        _readers.ReadAsync<DateTimeOffset?>(session =>
        {
            var row = session.Prepare(KeyUse).Bind(1, key.ToBytes());
            return row.Step() ? DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)) : null;
        }, cancellationToken);

    internal Task NoteUseAsync(MasterKeyId key, DateTimeOffset now, CancellationToken cancellationToken = default) => Writer.WriteAsync(session =>
    {
        session.Prepare(NoteKey).Bind(1, key.ToBytes()).Bind(2, now.ToUnixTimeMilliseconds()).Run();
        return true;
    }, cancellationToken: cancellationToken);

    // The rest runs on the writer's thread, within a member of a group.

    internal static string? ReadNewest(SqliteSession session, string tenant, string name)
    {
        var row = session.Prepare(Newest).BindId(1, tenant).Bind(2, name);
        if (!row.Step()) return null;
        var version = row.GetId(0);
        row.Reset();
        return version;
    }

    /// <summary>Envelopes that a master key wraps, behind a number, in order.</summary>
    internal static List<WrappedRow> ReadWrappedBy(SqliteSession session, MasterKeyId key, long after, int limit)
    {
        var found = new List<WrappedRow>();
        var rows = session.Prepare(WrappedBy).Bind(1, key.ToBytes()).Bind(2, after).Bind(3, limit);
        while (rows.Step()) found.Add(new WrappedRow(rows.GetInt64(0), new SecretPlace(rows.GetId(1), rows.GetText(2), rows.GetId(3)), rows.GetBytes(4)));
        return found;
    }

    internal static void Replace(SqliteSession session, long number, byte[] envelope) => session.Prepare(ReplaceEnvelope).Bind(1, number).Bind(2, envelope).Run();

    internal static bool WasDeleted(SqliteSession session, string tenant, string name)
    {
        var row = session.Prepare(FindDeleted).BindId(1, tenant).Bind(2, name);
        var found = row.Step();
        row.Reset();
        return found;
    }

    internal static void Insert(SqliteSession session, SecretPlace place, byte[] envelope, DateTimeOffset now) => session.Prepare(InsertOne)
        .BindId(1, place.Tenant).Bind(2, place.Name).BindId(3, place.Version).Bind(4, now.ToUnixTimeMilliseconds()).Bind(5, envelope).Run();

    internal static void Delete(SqliteSession session, string tenant, string name)
    {
        foreach (var sql in (ReadOnlySpan<Sql>)[MarkDeleted, Overwrite, Remove]) session.Prepare(sql).BindId(1, tenant).Bind(2, name).Run();
    }

    /// <summary>Deletes all versions but one; nothing, when that one is not there.</summary>
    internal static void DeleteOthers(SqliteSession session, SecretPlace kept)
    {
        foreach (var sql in (ReadOnlySpan<Sql>)[OverwriteOthers, RemoveOthers]) session.Prepare(sql).BindId(1, kept.Tenant).Bind(2, kept.Name).BindId(3, kept.Version).Run();
    }
}

/// <param name="Number">The row's.</param>
internal readonly record struct WrappedRow(long Number, SecretPlace Place, byte[] Envelope);
