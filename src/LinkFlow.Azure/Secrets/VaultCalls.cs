using Azure;
using Azure.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Secrets;

/// <summary>Calls to the vault: turns its refusals into the port's exceptions, and leaves it alone while it has too many.</summary>
internal sealed class VaultCalls(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private long _closedUntil;

    /// <param name="call">Gives null for what is not there.</param>
    /// <exception cref="StoreUnavailableException">The vault is throttled, cannot be reached, or refuses access.</exception>
    public async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class
    {
        var closed = new DateTimeOffset(Interlocked.Read(ref _closedUntil), TimeSpan.Zero) - time.GetUtcNow();
        if (closed > TimeSpan.Zero) throw new StoreUnavailableException("The vault has too many requests. Try again soon.", closed);
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.Status == 404 || IsDisabled(e))
        {
            return null;
        }
        catch (RequestFailedException e) when (e.Status == 429)
        {
            var wait = WaitOf(e);
            Interlocked.Exchange(ref _closedUntil, (time.GetUtcNow() + wait).UtcTicks);
            VaultLog.Throttled(log, wait.TotalMilliseconds);
            throw new StoreUnavailableException("The vault has too many requests. Try again soon.", wait, e);
        }
        catch (RequestFailedException e) when (e.Status is 401 or 403)
        {
            VaultLog.Denied(log, e.Status, e.ErrorCode, e);
            throw new StoreUnavailableException($"The vault refuses access ({e.Status}).", TimeSpan.FromSeconds(30), e);
        }
        catch (AuthenticationFailedException e)
        {
            VaultLog.Denied(log, 401, "no token", e);
            throw new StoreUnavailableException("There is no token for the vault.", TimeSpan.FromSeconds(30), e);
        }
        catch (RequestFailedException e) when (e.Status is 0 or 408 or >= 500 || (e.Status == 409 && !IsDeleted(e)))
        {
            throw Unreachable(e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException or AggregateException { InnerException: RequestFailedException })
        {
            throw Unreachable(e);
        }
    }

    /// <summary>A secret's name was deleted and is kept, so that it can be brought back; nobody can use it now.</summary>
    public static bool IsDeleted(RequestFailedException e) =>
        e.Status == 409 && e.Message.Contains("ObjectIs", StringComparison.Ordinal) && e.Message.Contains("Deleted", StringComparison.Ordinal);

    private static bool IsDisabled(RequestFailedException e) => e.Status == 403 && e.Message.Contains("SecretDisabled", StringComparison.Ordinal);

    private static StoreUnavailableException Unreachable(Exception e) => new("The vault cannot be reached now. Try again soon.", UsualWait, e);

    private static TimeSpan WaitOf(RequestFailedException e) =>
        e.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var text) == true && int.TryParse(text, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds)) : UsualWait;
}
