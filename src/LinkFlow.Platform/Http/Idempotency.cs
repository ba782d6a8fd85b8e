using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Http;

/// <summary>
/// Honours <c>Idempotency-Key</c> on POST: the same key and body get the first answer again for 24 h. Endpoints
/// that make something put the record into their own transaction; for the others it is written behind them.
/// Refusals (4xx) and failures from before a commit are not remembered: nothing has happened.
/// </summary>
public sealed class Idempotency(IDocumentStore store, LinkFlowOptions options, TimeProvider clock)
{
    public const string Header = "Idempotency-Key";
    public const int MaxKeyLength = 255;

    private readonly ConcurrentDictionary<string, byte> _running = new(StringComparer.Ordinal);

    /// <param name="callerSecret">What the caller proved its identity with: seals answers that hold secrets.</param>
    /// <param name="isStreamed">The handler reads the body as it comes: it is hashed while it goes by.</param>
    public async Task<Answer> RunAsync(ApiRequest request, string key, string callerSecret, bool isStreamed, Func<ApiRequest, Task<Answer>> handler)
    {
        if (key.Length is 0 or > MaxKeyLength || key.Any(char.IsControl))
            throw ApiException.Validation(Header, $"{Header} must have 1 to {MaxKeyLength} characters and no control characters.");
        // Keyed, so that whoever reads the store cannot guess a secret in the body by its hash: the key itself is stored nowhere.
        using var bodyHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
        if (isStreamed) request.BodyHash = bodyHash;
        else bodyHash.AppendData(await request.ReadBytesAsync());
        var tenant = request.Principal.Tenant;
        var call = new IdempotentCall(
            IdOf(tenant, request.Principal.Id, request.Context.Request.Method, request.Context.Request.Path.Value ?? "", key),
            () => Convert.ToHexStringLower(bodyHash.GetCurrentHash()), Encoding.UTF8.GetBytes(callerSecret), clock.GetUtcNow().AddHours(options.Limits.IdempotencyHours));

        if (!_running.TryAdd($"{tenant} {call.RecordId}", 0))
            throw new ApiException(ApiError.Conflict("The first request with this Idempotency-Key is still running.") with { RetryAfter = TimeSpan.FromSeconds(1) });
        try
        {
            if (await store.GetAsync(tenant, IdempotentCall.Type, call.RecordId, request.Aborted) is { } record)
            {
                if (isStreamed) await request.OpenBody(options.Limits.UploadBytes).CopyToAsync(Stream.Null, request.Aborted);
                return call.Replay(record);
            }

            request.Idempotency = call;
            var answer = await handler(request);
            if (call.IsRemembered || answer.Status >= 300 || answer.IsWritten || answer.IsUnrepeatable) return answer;
            var work = new UnitOfWork(tenant);
            call.Remember(work, answer);
            // What was done stands, whether or not the caller is still there.
            await store.CommitAsync(work, CancellationToken.None);
            return answer;
        }
        finally
        {
            _running.TryRemove($"{tenant} {call.RecordId}", out _);
        }
    }

    private static string IdOf(params string[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
