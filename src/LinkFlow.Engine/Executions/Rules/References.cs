using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// Lists that grow with the rounds (loops' results, sinks' outputs, runs to be undone) are kept short: what is too
/// long is stored by an event and replaced by one reference to it (execution.md §12).
/// </summary>
internal static class References
{
    /// <summary>References in one list before they are stored.</summary>
    private const int ChunkSize = 1_000;

    /// <summary>References in all lists before shorter ones are stored too.</summary>
    private const int Budget = 3_000;

    /// <summary>The least that is worth an event.</summary>
    private const int SmallestChunk = 8;

    /// <summary>References that the finished result of a loop may have.</summary>
    private const int LongestResult = 32;

    public static void Add(ExecutionState state, PartList list, ImmutableArray<DataPart> parts)
    {
        var before = list.Count;
        foreach (var part in parts) list.Add(part);
        state.HeldParts += list.Count - before;
    }

    /// <summary>Remembers what a sink in a loop put out.</summary>
    public static void KeepOutput(ExecutionState state, NodeProgress node, ImmutableArray<ImmutableArray<DataPart>> outputs)
    {
        if (node.Sunk is not { } sunk) return;
        for (var output = 0; output < outputs.Length; output++)
            if (Finishing.IsResult(node, output)) Add(state, sunk, outputs[output]);
        KeepShort(state, node, sunk);
    }

    /// <summary>Asks for the storing of a level that has grown too long.</summary>
    public static void KeepShort(ExecutionState state, NodeProgress node, PartList list)
    {
        var limit = state.HeldParts < Budget ? ChunkSize : Math.Clamp(Budget / (2 * state.Nodes.Length), SmallestChunk, ChunkSize);
        if (list.LevelToStore(limit) is >= 0 and var level) Ask(state, node, list, level);
    }

    /// <summary>Whether a finished result is short enough to be handed on; if not, storing it is under way.</summary>
    public static bool IsShort(ExecutionState state, NodeProgress node, PartList list)
    {
        if (list.IsStoring) return false;
        if (list.Count <= LongestResult) return true;
        Ask(state, node, list, list.LevelToStore(1));
        return false;
    }

    /// <summary>The list was handed on as it is.</summary>
    public static void Drop(ExecutionState state, PartList list) => state.HeldParts -= list.Count;

    public static void Stored(ExecutionState state, ReferencesStored stored)
    {
        if (stored.Loop is null && stored.Sink is null)
        {
            if (state.Compensations.Replace(stored.Compensations.Length, stored.Seq)) Settle(state, CompensationsKey);
            Looping.Resume(state, null);
            return;
        }

        var node = state.Node(stored.Loop ?? stored.Sink!);
        var list = stored.Loop is null ? node.Sunk : node.Runs == stored.Run ? node.Loop?.Results : null;
        var before = list?.Count ?? 0;
        if (list is null || !list.Replace(stored.Level, stored.Parts.Length, stored.Seq)) return;
        state.HeldParts += list.Count - before;
        Settle(state, Key(node, list, stored.Level));
        KeepShort(state, node, list);
        if (state.Stop is null) Looping.Resume(state, node);
    }

    private const string CompensationsKey = "store:compensations";

    /// <summary>Asks for the storing of runs to be undone once they have grown too many.</summary>
    public static void KeepShort(ExecutionState state, CompensationLog log)
    {
        if (!log.MustStore || state.Stop is not null) return;
        log.Reserve(log.Runs.Count);
        AskForCompensations(state);
    }

    /// <summary>Puts the orders for what is being stored into the outbox again, after a snapshot was read.</summary>
    public static void AskAgain(ExecutionState state)
    {
        if (state.Compensations.Reserved > 0) AskForCompensations(state);
        foreach (var node in state.Nodes)
        {
            AskAgain(state, node, node.Sunk);
            AskAgain(state, node, node.Loop?.Results);
        }
    }

    private static void AskAgain(ExecutionState state, NodeProgress node, PartList? list)
    {
        for (var level = 0; level < (list?.Levels.Count ?? 0); level++)
            if (list!.Levels[level].Reserved is > 0 and var reserved) Ask(state, node, list, level, [.. list.Levels[level].Parts.Take(reserved)]);
    }

    private static void AskForCompensations(ExecutionState state)
    {
        state.PendingReferences++;
        state.Outbox.Put(CompensationsKey, new StoreReferences(new ReferencesStored { Parts = [], Compensations = [.. state.Compensations.Runs.Take(state.Compensations.Reserved)] }));
    }

    private static void Ask(ExecutionState state, NodeProgress node, PartList list, int level) => Ask(state, node, list, level, list.Reserve(level));

    private static void Ask(ExecutionState state, NodeProgress node, PartList list, int level, ImmutableArray<DataPart> parts)
    {
        var isSink = ReferenceEquals(list, node.Sunk);
        state.PendingReferences++;
        state.Outbox.Put(Key(node, list, level), new StoreReferences(new ReferencesStored
        {
            Loop = isSink ? null : node.Node.Id,
            Sink = isSink ? node.Node.Id : null,
            Run = isSink ? 0 : node.Runs,
            Level = level,
            Parts = parts,
        }));
    }

    private static void Settle(ExecutionState state, string key)
    {
        state.PendingReferences--;
        state.Outbox.Withdraw(key);
    }

    private static string Key(NodeProgress node, PartList list, int level) => $"store:{(ReferenceEquals(list, node.Sunk) ? "sink" : "loop")}:{level}:{node.Node.Id}";
}
