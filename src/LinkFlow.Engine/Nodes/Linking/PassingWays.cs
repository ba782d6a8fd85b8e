using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>
/// Nodes that hand items on as they are (disabled ones, loops, waits) record nothing that could be followed. Whether an
/// item came through one is told by the connections: between the run that made it and the one that got it such nodes only lie.
/// </summary>
internal sealed class PassingWays(ExecutionPlan plan)
{
    private readonly Dictionary<(int Target, int From, int Output, int Maker), bool> _known = [];

    public bool HandsOn(int node) => plan.Nodes[node] is { IsLoop: true } or { Definition.Disabled: true } or { Definition.Type: "wait" };

    /// <summary>True when a way leads from the maker of an item over the target to the output that it was got from, by nodes that only hand on.</summary>
    /// <param name="from">The node whose output it was got from.</param>
    public bool LeadOver(int target, int from, string output, int maker)
    {
        if (!HandsOn(from)) return false;
        var key = (target, from, plan.Nodes[from].Outputs.IndexOf(output), maker);
        if (!_known.TryGetValue(key, out var leads)) _known[key] = leads = Search(target, (from, key.Item3), maker);
        return leads;
    }

    private bool Search(int target, (int Node, int Output) from, int maker)
    {
        var seen = new HashSet<(int Node, int Output, bool HasPassed)>();
        var open = new Stack<(int Node, int Output, bool HasPassed)>([(from.Node, from.Output, from.Node == target)]);
        while (open.TryPop(out var at))
        {
            if (!seen.Add(at)) continue;
            var node = plan.Nodes[at.Node];
            if (at.HasPassed && maker == Maker.Start && node == plan.StartNode) return true;
            foreach (var connection in IsDone(node, at.Output) ? node.BackEdges : node.Incoming)
            {
                if (at.HasPassed && connection.Source == maker) return true;
                if (HandsOn(connection.Source)) open.Push((connection.Source, connection.SourceOutput, at.HasPassed || connection.Source == target));
            }
        }

        return false;
    }

    /// <summary>What a loop puts on <c>done</c> came over its back edges; on <c>loop</c>, and when it is disabled, over the others.</summary>
    private static bool IsDone(PlannedNode node, int output) =>
        node.IsLoop && !node.Definition.Disabled && output >= 0 && node.Outputs[output] == OutputNames.Done;
}
