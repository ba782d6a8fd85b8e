using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes.Linking;

/// <summary>
/// Follows items of a run's first input back to the nodes that <c>$('x').item</c> names: from run to run over what each
/// recorded as its input and the pairings of its items, through any number of nodes, branches and rounds of loops.
/// </summary>
/// <remarks>
/// Only runs on the way are read, and of other branches nothing: what no path leads to from the node in question is not
/// looked at. One item costs the nodes that it came through; where ways fork and join again, each place is followed once.
/// </remarks>
internal sealed class ItemLinks
{
    /// <summary>No node: the way is followed to its end.</summary>
    private const int Everything = -2;

    private readonly NodeRun _run;
    private readonly ExecutionPlan _plan;
    private readonly RecordedRuns _runs;
    private readonly PassingWays _ways;
    private readonly int _node;
    private readonly RunInput _root;
    private readonly Dictionary<(int Target, int Item), LinkOutcome> _outcomes = [];
    private readonly Dictionary<(int Target, Maker Maker, int Index), LinkOutcome> _forks = [];

    private ItemLinks(NodeRun run)
    {
        _run = run;
        _plan = run.Plan;
        _runs = new RecordedRuns(run);
        _ways = new PassingWays(run.Plan);
        _node = run.Plan.Find(run.Step.Node)!.Index;
        _root = run.Step.Inputs.IsDefaultOrEmpty ? new RunInput([], new PartIndex([])) : new RunInput(run.Step.Inputs[0].Sources, new PartIndex(run.Step.Inputs[0].Parts));
    }

    /// <summary>Reads what following the run's items back needs.</summary>
    /// <param name="pending">The items that the attempt is about.</param>
    public static async ValueTask<ItemLinks> LoadAsync(NodeRun run, NodeReferences references, IReadOnlyList<int> pending, CancellationToken cancellationToken)
    {
        var links = new ItemLinks(run);
        IEnumerable<int> items = references.AnyItem ? Enumerable.Range(0, links._root.Parts.Count) : pending;
        int[] targets = references.IsDynamic ? [Everything] : [.. references.Linked];
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var target in targets) links._outcomes[(target, item)] = await links.FollowAsync(target, item, cancellationToken).ConfigureAwait(false);
        }

        return links;
    }

    /// <summary>The item of the target that an item of the input came from; null: the target has not been executed.</summary>
    /// <param name="item">An index into the first input.</param>
    /// <exception cref="ExpressionException">PAIRING: it did not come through the target, came from several of its items, or the way back is broken.</exception>
    public Item? Find(PlannedNode target, int item)
    {
        if (!_outcomes.TryGetValue((target.Index, item), out var outcome)) _outcomes[(target.Index, item)] = outcome = Follow(target.Index, item);
        if (outcome.End == LinkEnd.Found) return outcome.Maker!.Items![outcome.Index];
        if (outcome.End == LinkEnd.Missed && !_run.Visible.ContainsKey(target.Index)) return null;
        throw new ExpressionException(ExpressionErrorCodes.Pairing, LinkMessages.Of(_plan, target, outcome, item, _root.Parts.Count));
    }

    /// <summary>All that it reads was read before, save where an expression asks for an item that nothing foresaw: then it is waited for.</summary>
    private LinkOutcome Follow(int target, int item)
    {
        var following = FollowAsync(target, item, CancellationToken.None);
        return following.IsCompletedSuccessfully ? following.Result : following.AsTask().GetAwaiter().GetResult();
    }

    private async ValueTask<LinkOutcome> FollowAsync(int target, int item, CancellationToken cancellationToken)
    {
        var forks = new Stack<LinkFork>();
        var (at, input, place) = ((Maker?)null, _root, item);
        while (true)
        {
            var hop = await HopAsync(target, at, input, place, cancellationToken).ConfigureAwait(false);
            if (hop.Pairs is [var only])
            {
                (at, input, place) = (hop.Maker, InputOf(hop.Maker!, only), only.Item);
                continue;
            }

            var outcome = hop.Outcome;
            if (hop.Pairs is { } pairs && !_forks.TryGetValue((target, hop.Maker!, hop.Index), out outcome))
            {
                forks.Push(new LinkFork(hop.Maker!, hop.Index, pairs));
            }
            else if (forks.TryPeek(out var above))
            {
                above.Add(outcome);
            }

            if (NextWay(target, forks, ref outcome) is not { } way) return outcome;
            (at, input, place) = (way.Maker, InputOf(way.Maker, way.Pair), way.Pair.Item);
        }
    }

    /// <summary>The next way of the innermost fork; those that are through hand their outcome up. Null: all are.</summary>
    private (Maker Maker, PairedItem Pair)? NextWay(int target, Stack<LinkFork> forks, ref LinkOutcome outcome)
    {
        while (forks.TryPeek(out var fork))
        {
            if (fork.TryNext(out var pair)) return (fork.Maker, pair);
            _forks[(target, fork.Maker, fork.Index)] = outcome = fork.Outcome;
            forks.Pop();
            if (forks.TryPeek(out var above)) above.Add(outcome);
        }

        return null;
    }

    /// <summary>An input that a pairing names and the run does not have has no items, so that the way breaks there.</summary>
    private static RunInput InputOf(Maker maker, PairedItem pair) => pair.Input >= 0 && pair.Input < maker.Inputs.Length ? maker.Inputs[pair.Input] : NoInput;

    private static readonly RunInput NoInput = new([], new PartIndex([]));

    /// <summary>From an item of an input to the run that made it: the end of the way, or what it was made of.</summary>
    /// <param name="at">The run that got it; null: the one that asks.</param>
    private async ValueTask<Hop> HopAsync(int target, Maker? at, RunInput input, int item, CancellationToken cancellationToken)
    {
        var source = input.SourceOf(item);
        var from = source is null ? null : _plan.Find(source.Node);
        if (from is not null && IsOffTheWay(target, from.Index)) return new Hop(LinkOutcome.Missed(from.Index));
        var (maker, index) = await _runs.FindAsync(input.Parts, item, cancellationToken).ConfigureAwait(false);
        var node = from?.Index ?? at?.Node ?? _node;
        if (maker is null || maker.Seq >= at?.Seq)
            return new Hop(from is null && node == _plan.StartNode.Index ? LinkOutcome.Missed(Maker.Start) : LinkOutcome.Broken(node));
        var isFound = maker.Node == target
            || (target >= 0 && from is not null && _ways.HandsOn(target) && _ways.LeadOver(target, from.Index, source!.Output, maker.Node));
        if (!isFound && (maker.Node == Maker.Start || IsOffTheWay(target, maker.Node))) return new Hop(LinkOutcome.Missed(maker.Node));
        await _runs.LoadAsync(maker, cancellationToken).ConfigureAwait(false);
        if (index >= maker.Items!.Count) return new Hop(LinkOutcome.Broken(node));
        if (isFound) return new Hop(LinkOutcome.Found(maker, index));
        if (maker.PairsOf(index) is { Count: > 0 } pairs) return new Hop(default, maker, index, pairs);
        return new Hop(_plan.Nodes[maker.Node].Descriptor.IsTrigger ? LinkOutcome.Missed(maker.Node) : LinkOutcome.Broken(maker.Node));
    }

    private bool IsOffTheWay(int target, int node) => target != Everything && target != node && !_plan.HasPath(target, node);

    private readonly record struct Hop(LinkOutcome Outcome, Maker? Maker = null, int Index = 0, IReadOnlyList<PairedItem>? Pairs = null);
}
