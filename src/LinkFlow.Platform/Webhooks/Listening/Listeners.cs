using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Webhooks.Listening;

/// <summary>Who listens on this host, in memory: a few people who try something out. Forgotten with the process.</summary>
internal sealed class Listeners(LinkFlowOptions options, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Tenant, string WorkflowId), Listener> _listening = [];
    private readonly Dictionary<string, WebhookTable> _tables = new(StringComparer.Ordinal);

    /// <summary>Takes the place of what the workflow listened with before.</summary>
    /// <exception cref="ApiException">409: another workflow listens at one of the addresses, or too many do.</exception>
    public void Add(Listener listener)
    {
        lock (_lock)
        {
            Expire();
            var wanted = listener.Registrations.ToDictionary(r => r.Id);
            foreach (var other in _listening.Values)
            {
                if (other.Tenant != listener.Tenant || other.WorkflowId == listener.WorkflowId) continue;
                if (other.Registrations.FirstOrDefault(r => wanted.ContainsKey(r.Id)) is { } same)
                    throw ApiException.Conflict($"The workflow {other.WorkflowId} listens at {same.Method} {WebhookCalls.TestPrefix}{same.Path} until {Rfc3339.Write(other.ExpiresAt)}. Stop that first, or choose another path or method.");
            }

            if (_listening.Count >= options.Limits.ListeningWorkflows && !_listening.ContainsKey((listener.Tenant, listener.WorkflowId)))
                throw ApiException.Conflict($"{_listening.Count} workflows listen already, which is the most at once. Try again when one of them was called or has expired.");
            _listening[(listener.Tenant, listener.WorkflowId)] = listener;
            _tables.Remove(listener.Tenant);
        }
    }

    /// <returns>Null: it does not listen.</returns>
    public Listener? Find(string tenant, string workflowId)
    {
        lock (_lock)
        {
            Expire();
            return _listening.GetValueOrDefault((tenant, workflowId));
        }
    }

    public void Stop(string tenant, string workflowId)
    {
        lock (_lock)
        {
            if (_listening.Remove((tenant, workflowId))) _tables.Remove(tenant);
        }
    }

    /// <summary>The test URLs that are answered now.</summary>
    public WebhookTable TableOf(string tenant)
    {
        lock (_lock)
        {
            Expire();
            if (_tables.TryGetValue(tenant, out var known)) return known;
            var routes = _listening.Values.Where(l => l.Tenant == tenant).SelectMany(l => l.Registrations.Select(r => new WebhookRoute(r)
            {
                Listener = l,
                Target = WebhookTarget.Of(l.Version, r.NodeId),
            }));
            // Nothing is kept for names that only a caller made up.
            var table = new WebhookTable(routes);
            if (_listening.Keys.Any(k => k.Tenant == tenant)) _tables[tenant] = table;
            return table;
        }
    }

    /// <returns>False: another call was faster, or it is over.</returns>
    public bool TryTake(Listener listener)
    {
        lock (_lock)
        {
            Expire();
            if (!ReferenceEquals(_listening.GetValueOrDefault((listener.Tenant, listener.WorkflowId)), listener)) return false;
            Stop(listener.Tenant, listener.WorkflowId);
            return true;
        }
    }

    /// <summary>Goes on listening: the call that took it started nothing.</summary>
    public void Return(Listener listener)
    {
        lock (_lock)
        {
            if (_listening.TryAdd((listener.Tenant, listener.WorkflowId), listener)) _tables.Remove(listener.Tenant);
        }
    }

    private void Expire()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, listener) in _listening)
        {
            if (listener.ExpiresAt > now) continue;
            _listening.Remove(key);
            _tables.Remove(key.Tenant);
        }
    }
}
