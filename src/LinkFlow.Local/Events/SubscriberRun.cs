using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Local.Events;

/// <summary>
/// Hands events to one subscriber: reads them in the order of their commits, and delivers those of different subjects at the same time.
/// A subject whose event fails waits for it; all others go on. What is settled is durable at once by its note, the position follows.
/// </summary>
internal sealed class SubscriberRun(
    IEventSubscriber subscriber, EventReading reading, EventPositions positions, EventDispatch dispatch, IDocumentStore store, EventMetrics metrics,
    EventsOptions options, TimeProvider clock, ILogger log)
{
    private const long MostBytes = 64L << 20;

    /// <summary>Events that are kept in memory behind one that failed; further ones are read again when their turn comes.</summary>
    private const int HeldInMemory = 16;

    /// <summary>How long to wait behind commits that held nothing for this subscriber, so that a burst of them is looked at a few times and not each time.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Window _window = new(0);
    private EventPosition _position = null!;
    private DateTimeOffset _savedAt;
    private DateTimeOffset? _replay;
    private TaskCompletionSource? _replayed;
    private CancellationTokenSource? _round;

    public string Name => subscriber.Name;

    /// <summary>The position that is durable.</summary>
    public long Saved { get; private set; }

    public long ReadThrough
    {
        get
        {
            lock (_lock) return _window.ReadThrough;
        }
    }

    /// <summary>Something was committed.</summary>
    public void Signal() => _committed.TrySetResult();

    public SubscriberPosition Show()
    {
        lock (_lock)
        {
            var oldest = _window.OldestAt is { } at ? clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(at) : TimeSpan.Zero;
            var replay = _position is { ReplayFrom: { } from } place && _window.Watermark < place.ReplayThrough ? from : (DateTimeOffset?)null;
            return new SubscriberPosition(Name, _window.Unsettled, oldest < TimeSpan.Zero ? TimeSpan.Zero : oldest, replay);
        }
    }

    /// <summary>Has it begin again from a time; returns once that is durable.</summary>
    public Task ReplayAsync(DateTimeOffset from)
    {
        lock (_lock)
        {
            _replay = from;
            _replayed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _round?.Cancel();
            return _replayed.Task;
        }
    }

    /// <summary>Runs until it is stopped, and then until what was begun has ended or its time is over.</summary>
    public async Task RunAsync(TimeSpan shutdownTime, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RestartIfAskedAsync(stopping);
                await RoundAsync(shutdownTime, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException e)
            {
                EventBusLog.PutOff(log, Name, e.RetryAfter.TotalMilliseconds, e.Message);
                await PauseAsync(e.RetryAfter, stopping);
            }
            catch (Exception e)
            {
                EventBusLog.Faulted(log, e, Name, AfterFault.TotalMilliseconds);
                await PauseAsync(AfterFault, stopping);
            }
        }
    }

    private async Task RestartIfAskedAsync(CancellationToken stopping)
    {
        DateTimeOffset from;
        lock (_lock)
        {
            if (_replay is not { } asked) return;
            from = asked;
        }

        await positions.RestartAsync(Name, from, stopping);
        EventBusLog.Replaying(log, Name, from);
        lock (_lock)
        {
            if (_replay == from) _replay = null;
            _replayed?.TrySetResult();
            _replayed = null;
        }
    }

    /// <summary>From a position on, until it is stopped or a replay is asked for.</summary>
    private async Task RoundAsync(TimeSpan shutdownTime, CancellationToken stopping)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var handling = new CancellationTokenSource();
        _position = await positions.OpenAsync(Name, stopping);
        Saved = _position.Position;
        var notes = await ReadNotesAsync(stopping);
        using var lanes = new Lanes(options.Concurrency, DeliverAsync, round.Token, handling.Token);
        lock (_lock)
        {
            _window = new Window(_position.Position);
            _round = round;
            if (_replay is not null) round.Cancel();
        }

        try
        {
            while (!round.IsCancellationRequested) await BeatAsync(lanes, notes, round.Token);
        }
        catch (OperationCanceledException) when (round.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            EventBusLog.RoundEnded(log, Name);
        }
        finally
        {
            lock (_lock) _round = null;
            await round.CancelAsync();
            if (await lanes.EndAsync(shutdownTime, handling) is > 0 and var left) EventBusLog.StoppedWithDeliveries(log, Name, left);
            await SaveLastAsync();
        }
    }

    private async Task BeatAsync(Lanes lanes, Dictionary<string, InboxNote> notes, CancellationToken cancellationToken)
    {
        try
        {
            var committed = _committed;
            if (!await ReadAsync(lanes, notes, cancellationToken))
            {
                await committed.Task.WaitAsync(Beat, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                // What is committed from here on is seen by the next read, or sets the new one.
                if (committed.Task.IsCompleted) _committed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (clock.GetUtcNow() - _savedAt >= Beat) await SaveAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            EventBusLog.PutOff(log, Name, e.RetryAfter.TotalMilliseconds, e.Message);
            await PauseAsync(e.RetryAfter, cancellationToken);
        }
    }

    /// <returns>False: there is nothing new, or no room for it.</returns>
    private async Task<bool> ReadAsync(Lanes lanes, Dictionary<string, InboxNote> notes, CancellationToken cancellationToken)
    {
        var after = _window.ReadThrough;
        if (positions.Last <= after) return false;
        if (_window.Held >= options.Waiting || _window.Bytes >= MostBytes || _window.Count >= 20L * options.Waiting)
        {
            await PauseAsync(TimeSpan.FromMilliseconds(5), cancellationToken);
            return true;
        }

        var page = await reading.ReadAsync(after, await WantsExecutionsAsync(cancellationToken), cancellationToken);
        var wanted = new List<LoggedEvent>();
        foreach (var @event in page.Events)
            if (await IsWantedAsync(@event, cancellationToken)) wanted.Add(@event);
        lock (_lock)
        {
            foreach (var @event in wanted)
            {
                var id = _position.NoteId(@event.Position, @event.Index);
                notes.Remove(id, out var note);
                if (note is { IsHandled: true }) continue;
                var entry = _window.Add(@event, note ?? InboxNote.New(id));
                lanes.Add(entry);
                // It has time: what waits behind a failure must not fill the memory that all subjects share.
                if (entry.Lane is { IsHeld: true, Waiting.Count: > HeldInMemory }) _window.Drop(entry);
            }

            _window.ReadThrough = page.Through;
            _window.Advance();
        }

        if (wanted.Count == 0 && page.Through > after) await PauseAsync(Breath, cancellationToken);
        return page.Through > after;
    }

    private async ValueTask<bool> IsWantedAsync(LoggedEvent @event, CancellationToken cancellationToken)
    {
        if (@event.Target is { } target) return target == Name;
        if (_position.IsReplay(@event.Position) && @event.At < _position.ReplayFrom!.Value.ToUnixTimeMilliseconds()) return false;
        return await subscriber.WantsAsync(@event.Tenant, @event.Type, cancellationToken);
    }

    private async ValueTask<bool> WantsExecutionsAsync(CancellationToken cancellationToken)
    {
        foreach (var type in ExecutionEvents.Types)
            if (await subscriber.WantsAsync(Tenants.Default, type, cancellationToken)) return true;
        return false;
    }

    /// <summary>Delivers one event until it is settled.</summary>
    private async Task DeliverAsync(Delivery entry, SemaphoreSlim places, CancellationToken stopping, CancellationToken handling)
    {
        while (true)
        {
            TimeSpan delay;
            try
            {
                await places.WaitAsync(stopping);
                DispatchOutcome outcome;
                try
                {
                    var replay = _position.IsReplay(entry.Position) && entry.Target is null ? _position.Generation : (long?)null;
                    outcome = await EventOfAsync(entry, handling) is { } @event
                        ? await dispatch.DispatchAsync(subscriber, @event, entry.Note, replay, handling)
                        : new Settled(DeliveryResult.Repeated);
                }
                finally
                {
                    places.Release();
                }

                if (outcome is Settled settled)
                {
                    metrics.Settled(Name, settled.Result, clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(entry.At));
                    lock (_lock) _window.Settle(entry);
                    return;
                }

                var again = (Again)outcome;
                entry.Note = again.Note;
                delay = again.After;
            }
            catch (StoreUnavailableException e)
            {
                EventBusLog.PutOff(log, Name, e.RetryAfter.TotalMilliseconds, e.Message);
                delay = e.RetryAfter;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                EventBusLog.Faulted(log, e, Name, AfterFault.TotalMilliseconds);
                delay = AfterFault;
            }

            entry.Lane.IsHeld = true;
            await Task.Delay(delay, clock, stopping);
        }
    }

    /// <returns>Null: the execution that it is about was deleted meanwhile.</returns>
    private async ValueTask<CloudEvent?> EventOfAsync(Delivery entry, CancellationToken cancellationToken)
    {
        if (entry.Event is { } held) return held;
        return (await reading.ReadOneAsync(entry.Position, entry.Index, cancellationToken))?.Make();
    }

    private async Task<Dictionary<string, InboxNote>> ReadNotesAsync(CancellationToken cancellationToken)
    {
        var notes = new Dictionary<string, InboxNote>(StringComparer.Ordinal);
        var query = new DocumentQuery(Tenants.Default, InboxNote.Type) { FromId = _position.NoteId(_position.Position + 1, 0), BeforeId = _position.NoteId(long.MaxValue, int.MaxValue) };
        await foreach (var document in store.ReadAllAsync(query, cancellationToken)) notes[document.Id] = InboxNote.From(document.Id, null, document);
        return notes;
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        EventPosition next;
        string[] tenants;
        lock (_lock)
        {
            _savedAt = clock.GetUtcNow();
            if (_window.Watermark <= Saved) return;
            next = _position with { Position = _window.Watermark };
            tenants = _window.TakeTenants();
        }

        await positions.SaveAsync(next, tenants, cancellationToken);
        Saved = next.Position;
    }

    private async Task SaveLastAsync()
    {
        try
        {
            await SaveAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            // What the notes say is known anyway; the next start looks through a few more of them.
            EventBusLog.PutOff(log, Name, 0, e.Message);
        }
    }

    private async Task PauseAsync(TimeSpan time, CancellationToken stopping) =>
        await Task.Delay(time, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
