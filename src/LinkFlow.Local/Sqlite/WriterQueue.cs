using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite;

/// <summary>What waits for the writer: users' writes first, and only when there are none, one piece of housekeeping.</summary>
internal sealed class WriterQueue(StoreOptions options)
{
    /// <summary>Members of one commit at most, so that the first does not wait long for the last.</summary>
    public const int MaxGroup = 1_000;

    /// <summary>A group ends once it holds this much data.</summary>
    public const long MaxGroupBytes = 8L << 20;
    private const int MaxHousekeeping = 1_000;

    private readonly object _gate = new();
    private readonly Queue<WriterMember> _members = new();
    private readonly Queue<WriterMember> _housekeeping = new();
    private long _bytes;
    private bool _closed;

    /// <exception cref="StoreUnavailableException">The queue is full, or closed; nothing was accepted.</exception>
    public void Add(WriterMember member)
    {
        lock (_gate)
        {
            RequireOpen();
            if (_members.Count >= options.QueueLength)
                throw new StoreUnavailableException($"{options.QueueLength} writes are waiting already, which is the limit. Try again soon.", TimeSpan.FromSeconds(1));
            if (_members.Count > 0 && _bytes + member.Bytes > options.QueueBytes)
                throw new StoreUnavailableException($"The writes that are waiting hold {_bytes} bytes; at most {options.QueueBytes} are allowed. Try again soon.", TimeSpan.FromSeconds(1));
            _members.Enqueue(member);
            _bytes += member.Bytes;
            if (_members.Count == 1) Monitor.Pulse(_gate);
        }
    }

    /// <exception cref="StoreUnavailableException">Too much housekeeping waits, or the queue is closed.</exception>
    public void AddHousekeeping(WriterMember member)
    {
        lock (_gate)
        {
            RequireOpen();
            if (_housekeeping.Count >= MaxHousekeeping)
                throw new StoreUnavailableException("Too much housekeeping is waiting already.", TimeSpan.FromSeconds(5));
            _housekeeping.Enqueue(member);
            if (_members.Count == 0) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for work, at most this long.</summary>
    /// <param name="group">Is filled; stays empty when the time is over.</param>
    /// <returns>False: closed, and all work was handed out.</returns>
    public bool Take(List<WriterMember> group, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_members.Count == 0 && _housekeeping.Count == 0)
            {
                if (_closed) return false;
                Monitor.Wait(_gate, timeout);
            }

            if (_members.Count == 0)
            {
                if (_housekeeping.TryDequeue(out var member)) group.Add(member);
                return true;
            }

            for (long bytes = 0; group.Count < MaxGroup && bytes < MaxGroupBytes && _members.TryDequeue(out var member); bytes += member.Bytes)
            {
                group.Add(member);
                _bytes -= member.Bytes;
            }

            return true;
        }
    }

    /// <summary>Takes nothing more; what is in it is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void RequireOpen()
    {
        if (_closed) throw new StoreUnavailableException("LinkFlow is shutting down.", TimeSpan.FromSeconds(5));
    }
}
