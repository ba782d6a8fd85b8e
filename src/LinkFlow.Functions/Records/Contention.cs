using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Records;

/// <summary>Paces those who write the same document at once: each try after a conflict waits a little longer, spread at random.</summary>
internal sealed class Contention
{
    private const int MaxTries = 40;
    private int _tries;

    /// <exception cref="StoreUnavailableException">It was tried often enough.</exception>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
        if (++_tries > MaxTries) throw new StoreUnavailableException("Too many want to change one execution at the same time. Try again soon.", TimeSpan.FromSeconds(1));
        return Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * Math.Min(_tries, 20))), cancellationToken);
    }
}
