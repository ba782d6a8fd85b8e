using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>
/// The items that an active execution wrote or read lately, by event and output, so that the next node does not
/// parse them again. Bounded by the size of their JSON, least recently used first; the four last ones always
/// stay, so that a loop over one large list reads it once and not once a round. Safe for concurrent use.
/// </summary>
public sealed class ItemCache(long maxBytes)
{
    private const int AlwaysKept = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<(long Seq, string Output), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

    public IReadOnlyList<Item>? Find(long seq, string output)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((seq, output), out var node)) return null;
            if (node != _byUse.Last)
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
            }

            return node.Value.Items;
        }
    }

    /// <param name="bytes">The size of the items' JSON.</param>
    public void Keep(long seq, string output, IReadOnlyList<Item> items, long bytes)
    {
        lock (_lock)
        {
            if (_entries.ContainsKey((seq, output))) return;
            _entries.Add((seq, output), _byUse.AddLast(new Entry(seq, output, items, bytes)));
            _bytes += bytes;
            while (_bytes > maxBytes && _byUse.Count > AlwaysKept)
            {
                var oldest = _byUse.First!.Value;
                _byUse.RemoveFirst();
                _entries.Remove((oldest.Seq, oldest.Output));
                _bytes -= oldest.Bytes;
            }
        }
    }

    /// <summary>Forgets what was never committed.</summary>
    public void ForgetAfter(long seq)
    {
        lock (_lock)
        {
            for (var node = _byUse.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Seq > seq)
                {
                    _byUse.Remove(node);
                    _entries.Remove((node.Value.Seq, node.Value.Output));
                    _bytes -= node.Value.Bytes;
                }

                node = next;
            }
        }
    }

    private sealed record Entry(long Seq, string Output, IReadOnlyList<Item> Items, long Bytes);
}
