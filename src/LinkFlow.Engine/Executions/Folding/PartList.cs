using System.Collections.Immutable;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>
/// A growing list of references that stays short: what has grown too long is stored by an event and replaced by one
/// reference to it, a level up. Neighbours that continue each other become one.
/// </summary>
internal sealed class PartList
{
    private readonly List<Level> _levels = [];

    /// <summary>References held, on all levels.</summary>
    public int Count { get; private set; }

    /// <summary>True while a level waits for its <see cref="ReferencesStored"/>.</summary>
    public bool IsStoring => _levels.Exists(l => l.Reserved > 0);

    public IReadOnlyList<Level> Levels => _levels;

    /// <summary>The parts of one level and how many of its first are being stored.</summary>
    public sealed class Level
    {
        public List<DataPart> Parts { get; } = [];
        public int Reserved { get; set; }
    }

    public void Add(DataPart part, int level = 0)
    {
        while (_levels.Count <= level) _levels.Add(new Level());
        var (parts, reserved) = (_levels[level].Parts, _levels[level].Reserved);
        if (parts.Count > reserved && parts[^1] is var last && last.Seq == part.Seq && last.Output == part.Output && last.By == part.By && last.Offset + last.Count == part.Offset && part.Seq != 0)
        {
            parts[^1] = last with { Count = last.Count + part.Count };
            return;
        }

        parts.Add(part);
        Count++;
    }

    /// <summary>The lowest level with at least that many parts that is not being stored already; −1: none.</summary>
    public int LevelToStore(int atLeast) => _levels.FindIndex(l => l.Reserved == 0 && l.Parts.Count >= atLeast);

    /// <summary>Sets the parts of a level aside, to be stored.</summary>
    public ImmutableArray<DataPart> Reserve(int level)
    {
        _levels[level].Reserved = _levels[level].Parts.Count;
        return [.. _levels[level].Parts];
    }

    /// <summary>Puts one reference in the place of the parts that were set aside.</summary>
    /// <returns>False: no such parts are being stored.</returns>
    public bool Replace(int level, int parts, long seq)
    {
        if (level >= _levels.Count || _levels[level].Reserved != parts || parts == 0) return false;
        var items = 0;
        for (var i = 0; i < parts; i++) items += _levels[level].Parts[i].Count;
        _levels[level].Parts.RemoveRange(0, parts);
        _levels[level].Reserved = 0;
        Count -= parts;
        Add(new DataPart(seq, "main", 0, items), level + 1);
        return true;
    }

    /// <summary>Puts a level back as a snapshot has it.</summary>
    public void Restore(int reserved, IEnumerable<DataPart> parts)
    {
        var level = new Level { Reserved = reserved };
        level.Parts.AddRange(parts);
        _levels.Add(level);
        Count += level.Parts.Count;
    }

    /// <summary>All parts, oldest first.</summary>
    public ImmutableArray<DataPart> ToParts()
    {
        var all = ImmutableArray.CreateBuilder<DataPart>(Count);
        for (var level = _levels.Count - 1; level >= 0; level--) all.AddRange(_levels[level].Parts);
        return all.DrainToImmutable();
    }
}
