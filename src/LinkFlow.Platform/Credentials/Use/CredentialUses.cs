using System.Collections.Concurrent;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Credentials.Use;

/// <summary>When credentials were last opened: remembered in memory, by the minute, and written down now and then, apart from the credentials so that use changes no ETag.</summary>
public sealed class CredentialUses(IDocumentStore store, TimeProvider clock)
{
    public static readonly DocumentType Type = new("credential-use");

    /// <summary>How far <c>lastUsedAt</c> may lag behind.</summary>
    public static readonly TimeSpan Granularity = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Tenant, string Id), long> _minutes = new();
    private readonly ConcurrentDictionary<(string Tenant, string Id), long> _saved = new();

    public void Used(string tenant, string id)
    {
        var minute = clock.GetUtcNow().Ticks / Granularity.Ticks;
        if (!_minutes.TryGetValue((tenant, id), out var known) || known != minute) _minutes[(tenant, id)] = minute;
    }

    /// <returns>Null: never.</returns>
    public async ValueTask<DateTimeOffset?> LastAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (_minutes.TryGetValue((tenant, id), out var minute)) return TimeOf(minute);
        var saved = await store.GetAsync(tenant, Type, id, cancellationToken);
        return saved?.Body["lastUsedAt"].AsString is { } text && Rfc3339.TryParse(text, out var time) ? time : null;
    }

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, minute) in _minutes)
        {
            if (_saved.TryGetValue(key, out var saved) && saved == minute) continue;
            // A use of one that was deleted meanwhile would bring its record back.
            if (await store.GetAsync(key.Tenant, Credential.Type, key.Id, cancellationToken) is null)
            {
                _minutes.TryRemove(key, out _);
                _saved.TryRemove(key, out _);
                continue;
            }

            var use = new ObjectValue { { "lastUsedAt", Rfc3339.Write(TimeOf(minute)) } };
            await store.CommitAsync(new UnitOfWork(key.Tenant).Put(Type, key.Id, use), cancellationToken);
            _saved[key] = minute;
        }
    }

    private static DateTimeOffset TimeOf(long minute) => new(minute * Granularity.Ticks, TimeSpan.Zero);
}
