using System.Collections.Concurrent;
using LinkFlow.Engine.Nodes;
using LinkFlow.Platform.Executions.Running;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// Plans of the workflows that orchestrations carry, by their text: an orchestration is run again from the start after
/// each await, and need not plan again each time. A memory of a pure function: nobody can tell whether it is there.
/// </summary>
public sealed class OrchestrationPlans(NodeRegistry registry)
{
    /// <summary>When this many are held, all are dropped.</summary>
    private const int MaxPlans = 500;

    private readonly ConcurrentDictionary<string, PlannedWorkflow> _plans = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">The text is damaged.</exception>
    /// <exception cref="ArgumentException">It cannot be run by this version.</exception>
    public PlannedWorkflow Find(PackedText workflow)
    {
        var key = workflow.Packed ?? workflow.Plain ?? throw new FormatException("The workflow of an orchestration is in a blob and was not loaded.");
        if (_plans.TryGetValue(key, out var known)) return known;
        if (_plans.Count >= MaxPlans) _plans.Clear();
        return _plans.GetOrAdd(key, _ => PlannedDefinition.Read(workflow.Read(), registry));
    }

    /// <inheritdoc cref="Find(PackedText)"/>
    /// <param name="blob">Where it came from: blobs are named by what they hold.</param>
    public PlannedWorkflow Find(string blob, ReadOnlyMemory<byte> text)
    {
        if (_plans.TryGetValue(blob, out var known)) return known;
        if (_plans.Count >= MaxPlans) _plans.Clear();
        return _plans.GetOrAdd(blob, _ => PlannedDefinition.Read(text, registry));
    }
}
