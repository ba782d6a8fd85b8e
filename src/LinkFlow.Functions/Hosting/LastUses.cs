using LinkFlow.Platform.Credentials.Use;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Hosting;

/// <summary>
/// Writes down when keys and credentials were last used, behind a function and every few minutes. Each instance remembers
/// its own, and may be gone when it has nothing to do: a timer would run on one of them only.
/// </summary>
public sealed class LastUses(ApiKeyService keys, CredentialUses credentials, TimeProvider clock, ILogger<LastUses> log) : IFunctionsWorkerMiddleware
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);

    private long _savedAt = clock.GetTimestamp();

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        await next(context);
        var savedAt = Interlocked.Read(ref _savedAt);
        if (clock.GetElapsedTime(savedAt) < Interval || Interlocked.CompareExchange(ref _savedAt, clock.GetTimestamp(), savedAt) != savedAt) return;
        try
        {
            await keys.SaveLastUsesAsync(context.CancellationToken);
            await credentials.SaveAsync(context.CancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or DocumentConflictException or OperationCanceledException)
        {
            // It says when something was used, to within minutes; the function has done its work.
            log.LastUsesNotSaved(e.Message);
        }
    }
}
