using System.Collections.Concurrent;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Credentials.Opening;

/// <summary>Really tries credentials: bounded in time, and in how often one may be tried. What comes back holds no secret.</summary>
public sealed class CredentialTrials(CredentialOpening opening, CredentialTypes types, IServiceProvider services, TimeProvider clock)
{
    /// <summary>Tries of one credential within <see cref="Window"/>; more could be used to guess, or to bother others.</summary>
    public const int MostTries = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(string Tenant, string Id), Tries> _tries = new();

    /// <exception cref="ApiException">429: tried too often; 503: this host opens no connections.</exception>
    public async Task<ObjectValue> RunAsync(string tenant, Credential credential, CancellationToken cancellationToken)
    {
        RequireTurn(tenant, credential.Id);
        var http = (OutboundHttp?)services.GetService(typeof(OutboundHttp))
            ?? throw new ApiException(ApiError.Unavailable("This host opens no connections, so nothing can be tried here.", Window));
        var mask = new SecretMask();
        var started = clock.GetTimestamp();
        var test = await TryAsync(tenant, credential, new CredentialUse(http, mask, services), cancellationToken);
        return new ObjectValue
        {
            { "ok", test.Passed }, { "tried", test.Tried }, { "message", mask.Apply(test.Message) },
            { "latencyMs", Math.Round(clock.GetElapsedTime(started).TotalMilliseconds) }, { "testedAt", Rfc3339.Write(clock.GetUtcNow()) },
        };
    }

    private async Task<CredentialTest> TryAsync(string tenant, Credential credential, CredentialUse use, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var opened = await opening.OpenForTestAsync(tenant, credential, either.Token);
            foreach (var secret in opened.Secrets) use.Mask.Add(secret);
            return await types.Find(credential.TypeName)!.TestAsync(opened, use, either.Token);
        }
        catch (NodeException e)
        {
            return CredentialTest.Fail(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CredentialTest.Fail($"The test did not end within {Patience.TotalSeconds} s.");
        }
    }

    private void RequireTurn(string tenant, string id)
    {
        var now = clock.GetUtcNow();
        if (_tries.Count > 10_000)
            foreach (var (key, old) in _tries)
                if (old.Since + Window <= now) _tries.TryRemove(key, out _);
        var tries = _tries.AddOrUpdate((tenant, id), _ => new Tries(now, 1), (_, t) => t.Since + Window <= now ? new Tries(now, 1) : t with { Count = t.Count + 1 });
        if (tries.Count > MostTries)
            throw new ApiException(new ApiError(429, "RATE_LIMITED", $"A credential may be tested {MostTries} times in {Window.TotalSeconds} s.") { RetryAfter = tries.Since + Window - now });
    }

    private sealed record Tries(DateTimeOffset Since, int Count);
}
