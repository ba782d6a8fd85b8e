using System.Numerics;

namespace LinkFlow.Engine.Plans;

/// <summary>A set of node indexes as bits: 500 nodes in 64 bytes. Not safe for concurrent change.</summary>
internal sealed class NodeSet(int capacity)
{
    private readonly ulong[] _words = new ulong[(capacity + 63) / 64];

    public int Count => _words.Sum(BitOperations.PopCount);

    public bool Contains(int node) => (_words[node >> 6] & (1UL << (node & 63))) != 0;

    /// <returns>False when it was there already.</returns>
    public bool Add(int node)
    {
        var before = _words[node >> 6];
        return (_words[node >> 6] = before | (1UL << (node & 63))) != before;
    }

    /// <summary>The members, ascending.</summary>
    public IEnumerable<int> Members()
    {
        for (var i = 0; i < _words.Length; i++)
            for (var word = _words[i]; word != 0; word &= word - 1)
                yield return (i << 6) + BitOperations.TrailingZeroCount(word);
    }
}
