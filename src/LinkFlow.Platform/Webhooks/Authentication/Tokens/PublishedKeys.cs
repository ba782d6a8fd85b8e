using System.Collections.Concurrent;
using System.Net;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Http;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Platform.Webhooks.Authentication.Tokens;

/// <summary>
/// Key sets by their URL, in memory. Read through the outbound guard; read again after an hour, and for a key id that is not known, but never more
/// than once a minute. While the issuer cannot be reached, what was read last stays in use for a day.
/// </summary>
internal sealed class PublishedKeys(OutboundHttp http, TimeProvider clock, ILogger<PublishedKeys> log)
{
    public const int MaxBytes = 256 * 1024;

    private const int MaxSets = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FreshFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan UsableFor = TimeSpan.FromDays(1);
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Source> _sources = new(StringComparer.Ordinal);

    /// <param name="url">Absolute, http or https.</param>
    /// <param name="keyId">The key that is wanted; null: any.</param>
    /// <exception cref="StoreUnavailableException">No keys could be read so far, or not for a day.</exception>
    public async ValueTask<KeySet> GetAsync(Uri url, string? keyId, CancellationToken cancellationToken)
    {
        if (_sources.Count >= MaxSets) _sources.Clear();
        var source = _sources.GetOrAdd(url.AbsoluteUri, _ => new Source());
        if (IsGood(source.Keys, keyId)) return source.Keys!;
        await source.Reading.WaitAsync(cancellationToken);
        try
        {
            if (!IsGood(source.Keys, keyId) && clock.GetUtcNow() - source.TriedAt >= BetweenReads)
            {
                source.TriedAt = clock.GetUtcNow();
                source.Keys = await ReadAsync(url) ?? source.Keys;
            }
        }
        finally
        {
            source.Reading.Release();
        }

        if (source.Keys is { } keys && clock.GetUtcNow() - keys.ReadAt < UsableFor) return keys;
        throw new StoreUnavailableException($"The keys at {url.Host} cannot be read.", BetweenReads);
    }

    private bool IsGood(KeySet? keys, string? keyId) =>
        keys is not null && clock.GetUtcNow() - keys.ReadAt < FreshFor && (string.IsNullOrEmpty(keyId) || keys.Keys.Any(k => k.Kid == keyId));

    /// <summary>Not cancelled with the call that happened to need it: others wait for it too.</summary>
    private async Task<KeySet?> ReadAsync(Uri url)
    {
        var name = url.GetLeftPart(UriPartial.Path);
        try
        {
            var answer = await http.FetchAsync(HttpMethod.Get, url, [new("Accept", "application/json"), new("User-Agent", "LinkFlow")], null, null, MaxBytes, Patience, CancellationToken.None);
            if (answer.Status == HttpStatusCode.OK) return KeySet.Parse(Encoding.UTF8.GetString(answer.Body), clock.GetUtcNow());
            log.KeysNotRead(name, $"The answer was {(int)answer.Status}.");
        }
        catch (NodeException e)
        {
            log.KeysNotRead(name, e.Message);
        }
        catch (ArgumentException)
        {
            log.KeysNotRead(name, "The answer is no JSON Web Key Set.");
        }

        return null;
    }

    private sealed class Source
    {
        public SemaphoreSlim Reading { get; } = new(1, 1);
        public KeySet? Keys { get; set; }
        public DateTimeOffset TriedAt { get; set; } = DateTimeOffset.MinValue;
    }
}
