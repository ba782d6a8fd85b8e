using System.Collections.Concurrent;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks.Recent;

/// <summary>The last webhook calls of each workflow on this host, in memory. Costs a call a few references and an entry; nothing is written.</summary>
internal sealed class RecentCalls(LinkFlowOptions options, TimeProvider clock)
{
    /// <summary>Workflows whose calls are kept; beyond it those that were called longest ago are forgotten, a quarter at a time.</summary>
    private const int MaxWorkflows = 1_000;

    private readonly int _size = options.Webhooks.LoggedCalls;
    private readonly ConcurrentDictionary<(string Tenant, string WorkflowId), CallRing> _rings = new();
    private readonly Lock _forgetting = new();

    /// <returns>Null: no calls are kept.</returns>
    public RecentCall? Begin(HttpContext context) =>
        _size == 0 ? null : new RecentCall(clock.GetUtcNow(), clock.GetTimestamp(), context.Request.Method, context.Connection.RemoteIpAddress);

    /// <summary>Keeps a call, if it came to a webhook.</summary>
    public void End(RecentCall call, HttpContext context)
    {
        if (call.Registration is not { } registration) return;
        if (call.Status == 0) call.Status = context.Response.StatusCode;
        if (call.Headers is null) call.Refused(context.Request);
        var now = clock.GetTimestamp();
        call.Duration = clock.GetElapsedTime(call.Began, now);
        var ring = RingOf(call.Tenant, registration.WorkflowId);
        ring.UsedAt = now;
        ring.Add(call);
    }

    /// <summary>A page of a workflow's calls, newest first.</summary>
    /// <param name="cursor">As the page before gave it; null: the first.</param>
    /// <returns>The calls, and where the next page begins; null: there are no more.</returns>
    /// <exception cref="ApiException">400: the cursor is of another list.</exception>
    public (IReadOnlyList<RecentCall> Calls, string? Next) List(string tenant, string workflowId, int limit, string? cursor)
    {
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out before))
            throw ApiException.Validation("cursor", "'cursor' is of another list. Pass this list's nextCursor as it is, or leave it out for the first page.");
        if (!_rings.TryGetValue((tenant, workflowId), out var ring)) return ([], null);
        var found = ring.Page(before, limit + 1);
        return found.Count <= limit ? (found, null) : ([.. found.Take(limit)], found[limit - 1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private CallRing RingOf(string tenant, string workflowId)
    {
        if (_rings.TryGetValue((tenant, workflowId), out var known)) return known;
        lock (_forgetting)
        {
            if (_rings.Count >= MaxWorkflows)
                foreach (var (key, _) in _rings.OrderBy(r => r.Value.UsedAt).Take(MaxWorkflows / 4)) _rings.TryRemove(key, out _);
            return _rings.GetOrAdd((tenant, workflowId), _ => new CallRing(_size));
        }
    }
}
