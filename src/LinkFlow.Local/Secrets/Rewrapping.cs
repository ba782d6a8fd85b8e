using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Secrets;

/// <summary>
/// Moves every envelope to the current master key in small commits. It keeps no state of its own: what is left to do
/// are the envelopes that name another key, so it can stop, or be killed, anywhere.
/// </summary>
internal sealed class Rewrapping(SecretRows rows, MasterKeyRing ring)
{
    /// <summary>So few that a write which waits behind them notices nothing.</summary>
    private const int RowsPerCommit = 50;

    /// <summary>Each envelope that an older key wraps is re-wrapped, but for damaged ones.</summary>
    /// <returns>The names of the damaged ones; none: no envelope needs an older key any more.</returns>
    /// <exception cref="StoreUnavailableException">Nothing can be written now; what was committed stays.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var damaged = new List<string>();
        foreach (var key in ring.Keys.Skip(1))
        {
            for (long? after = 0; after is { } from;)
                after = await rows.Writer.WriteAsync(session => Step(session, key, from, damaged), cancellationToken: cancellationToken);
        }

        return damaged;
    }

    /// <summary>Runs on the writer's thread, so that no envelope is put in between: whoever comes later finds the new key current.</summary>
    /// <returns>The number of the last envelope; null: there are no more.</returns>
    private long? Step(Sqlite.SqliteSession session, MasterKey key, long after, List<string> damaged)
    {
        var current = ring.Current;
        var found = SecretRows.ReadWrappedBy(session, key.Id, after, RowsPerCommit);
        foreach (var row in found)
        {
            try
            {
                var rewrapped = SecretEnvelope.Rewrap(key, current, row.Place, row.Envelope)
                    ?? throw new InvalidOperationException("A master key was dropped while a rotation needed it.");
                SecretRows.Replace(session, row.Number, rewrapped);
            }
            catch (SecretUnreadableException)
            {
                // Told by whoever runs this: it stays with its key, and nobody can open it now or later.
                damaged.Add($"{row.Place.Tenant}/{row.Place.Name}");
            }
        }

        return found.Count < RowsPerCommit ? null : found[^1].Number;
    }
}
