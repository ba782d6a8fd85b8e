namespace LinkFlow.Local.Sqlite;

/// <summary>
/// The tables, as a numbered list of migrations: <c>user_version</c> says how many were applied. A migration
/// that was released never changes; what is new goes into the next one.
/// </summary>
public static class Schema
{
    /// <summary>"LKFL": tells LinkFlow's files from other SQLite files.</summary>
    private const int ApplicationId = 0x4C4B_464C;

    /// <summary>
    /// Columns without a type hold an id: 16 bytes for a UUID, else text. Executions have three secondary
    /// indexes, which end in what lists filter on, so that scanning 10,000 entries touches no row; the fourth
    /// has entries only while an execution is queued or running. An execution's first segment is found by
    /// its row and only later ones are in an index: a run of one append pays for none.
    /// </summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE marks(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE tenant_keys(tenant PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE documents(
            number INTEGER PRIMARY KEY, tenant NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,
            etag INTEGER NOT NULL, expires_at INTEGER, fields TEXT, body BLOB NOT NULL,
            UNIQUE(tenant, type, id));
        CREATE INDEX documents_expiring ON documents(expires_at) WHERE expires_at IS NOT NULL;
        CREATE TABLE document_fields(
            tenant NOT NULL, type TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
            PRIMARY KEY(tenant, type, field, value, id)) WITHOUT ROWID;
        CREATE TABLE outbox(
            position INTEGER PRIMARY KEY, id BLOB NOT NULL, tenant NOT NULL, type TEXT NOT NULL,
            subject TEXT NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL);

        CREATE TABLE executions(
            number INTEGER PRIMARY KEY, tenant NOT NULL, id NOT NULL, workflow_id NOT NULL,
            status INTEGER NOT NULL, mode NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
            last_seq INTEGER NOT NULL, first_position INTEGER, parked TEXT, body BLOB NOT NULL);
        CREATE INDEX executions_by_id ON executions(tenant, id, workflow_id, status, mode);
        CREATE INDEX executions_by_workflow ON executions(tenant, workflow_id, id, status, mode);
        CREATE INDEX executions_by_status ON executions(tenant, status, id, workflow_id, mode);
        CREATE INDEX executions_runnable ON executions(number) WHERE status < 2 AND parked IS NULL;

        CREATE TABLE segments(
            position INTEGER PRIMARY KEY, execution INTEGER NOT NULL, first_seq INTEGER NOT NULL,
            last_seq INTEGER NOT NULL, format INTEGER NOT NULL, checksum INTEGER NOT NULL, payload BLOB NOT NULL);
        CREATE INDEX segments_later ON segments(execution, first_seq) WHERE first_seq > 1;
        CREATE TABLE snapshots(execution INTEGER PRIMARY KEY, seq INTEGER NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE inbox(
            position INTEGER PRIMARY KEY, execution INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
            at INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE(execution, id));
        CREATE TABLE timers(
            execution INTEGER NOT NULL, name TEXT NOT NULL, due_at INTEGER NOT NULL,
            PRIMARY KEY(execution, name)) WITHOUT ROWID;
        CREATE INDEX timers_due ON timers(due_at);
        CREATE TABLE blob_refs(blob TEXT NOT NULL, execution INTEGER NOT NULL, PRIMARY KEY(blob, execution)) WITHOUT ROWID;
        CREATE INDEX blob_refs_by_execution ON blob_refs(execution);
        CREATE TABLE blob_marks(blob TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
        """,
        // The id of its master key is in each envelope, behind the byte of its format.
        """
        CREATE TABLE secrets(
            number INTEGER PRIMARY KEY, tenant NOT NULL, name TEXT NOT NULL, version NOT NULL,
            made_at INTEGER NOT NULL, envelope BLOB NOT NULL, UNIQUE(tenant, name, version));
        CREATE INDEX secrets_by_master_key ON secrets(substr(envelope, 2, 8));
        CREATE TABLE deleted_secrets(tenant NOT NULL, name TEXT NOT NULL, PRIMARY KEY(tenant, name)) WITHOUT ROWID;
        CREATE TABLE master_keys(id BLOB PRIMARY KEY, first_used_at INTEGER NOT NULL) WITHOUT ROWID;
        """,
        // Format 1: data holds the whole event; rows from before hold its data alone.
        """
        ALTER TABLE outbox ADD COLUMN format INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE outbox ADD COLUMN target TEXT;
        CREATE TABLE event_positions(
            subscriber TEXT PRIMARY KEY, position INTEGER NOT NULL, generation INTEGER NOT NULL,
            replay_from INTEGER, replay_through INTEGER) WITHOUT ROWID;
        """,
    ];

    /// <summary>The version that this program writes.</summary>
    public static int CurrentVersion => Migrations.Length;

    /// <summary>Brings the file up to <see cref="CurrentVersion"/>; each migration is one transaction.</summary>
    /// <returns>The version that it had.</returns>
    /// <exception cref="StoreDamagedException">The file is of a newer version, or of another program.</exception>
    internal static long Migrate(SqliteSession session, string path) => Migrate(session, path, Migrations);

    internal static long Migrate(SqliteSession session, string path, IReadOnlyList<string> migrations)
    {
        var found = session.QueryNumber("PRAGMA user_version") ?? 0;
        if (found > migrations.Count)
            throw new StoreDamagedException($"The database '{path}' has schema version {found}; this LinkFlow knows versions up to {migrations.Count}. Start the newer LinkFlow that wrote it, or restore a backup from before the upgrade.");
        if (found == 0 && session.QueryNumber("SELECT count(*) FROM sqlite_master") > 0)
            throw new StoreDamagedException($"'{path}' is a database of another program. Choose another LinkFlow:DataPath.");
        if (found > 0 && session.QueryNumber("PRAGMA application_id") != ApplicationId)
            throw new StoreDamagedException($"'{path}' is a database of another program. Choose another LinkFlow:DataPath.");

        for (var version = (int)found; version < migrations.Count; version++)
        {
            try
            {
                session.Execute($"BEGIN IMMEDIATE; {migrations[version]}; PRAGMA application_id={ApplicationId}; PRAGMA user_version={version + 1}; COMMIT");
            }
            catch (SqliteFaultException)
            {
                if (!session.IsAutocommit) session.Execute("ROLLBACK");
                throw;
            }
        }

        return found;
    }
}
