using System.Collections.Concurrent;
using System.Security.Cryptography;
using LinkFlow.Local.Sqlite;

namespace LinkFlow.Local.Blobs;

/// <summary>A secret per tenant, drawn at its first use. It never leaves the store.</summary>
public sealed class TenantKeys
{
    private const int KeySize = 32;

    private static readonly Sql Get = new("SELECT key FROM tenant_keys WHERE tenant = ?1");
    private static readonly Sql Insert = new("INSERT INTO tenant_keys(tenant, key) VALUES(?1, ?2) ON CONFLICT DO NOTHING");

    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly ConcurrentDictionary<string, byte[]> _known = new(StringComparer.Ordinal);

    internal TenantKeys(SqliteWriter writer, SqliteReaders readers)
    {
        _writer = writer;
        _readers = readers;
    }

    /// <returns>32 bytes.</returns>
    /// <exception cref="LinkFlow.Platform.Ports.StoreUnavailableException">It is to be drawn, and nothing can be written.</exception>
    public async ValueTask<byte[]> GetAsync(string tenant, CancellationToken cancellationToken = default)
    {
        if (_known.TryGetValue(tenant, out var known)) return known;
        var key = await _readers.ReadAsync(session => Read(session, tenant), cancellationToken)
            ?? await _writer.WriteAsync(session => Draw(session, tenant), KeySize, cancellationToken);
        return _known.GetOrAdd(tenant, key);
    }

    private static byte[]? Read(SqliteSession session, string tenant)
    {
        var row = session.Prepare(Get).BindId(1, tenant);
        if (!row.Step()) return null;
        var key = row.GetBytes(0);
        row.Reset();
        return key;
    }

    private static byte[] Draw(SqliteSession session, string tenant)
    {
        session.Prepare(Insert).BindId(1, tenant).Bind(2, RandomNumberGenerator.GetBytes(KeySize)).Run();
        return Read(session, tenant)!;
    }
}
