using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>Makes the event that an attempt ended in out of its result and those of earlier attempts (execution.md §4, §13).</summary>
internal static class Composition
{
    /// <summary>The deepest nesting of an item's json that leaves room for what it is stored in.</summary>
    private const int MaxItemDepth = JsonText.MaxStoredDepth - 16;

    /// <summary>Pairings with the first items of the first input: nearly every item has one of these.</summary>
    private static readonly PairedItem[][] FirstPairs = [.. Enumerable.Range(0, 256).Select(i => new[] { new PairedItem(0, i) })];

    public static ExecutionEvent Cancelled(NodeAttempt attempt) =>
        new NodeCancelled { Node = attempt.Step.Node, Run = attempt.Step.Run, Attempt = attempt.Step.Attempt };

    /// <summary>The pinned items on the first output, as the user wrote them; those that name no origin come from the items in their places, or from the only one.</summary>
    public static ExecutionEvent Pinned(NodeAttempt attempt)
    {
        var items = PinnedItems.Of(attempt.RunData.Plan.Definition.PinData, attempt.Node.Id);
        var arePaired = items.Count == attempt.Items.Count && attempt.Inputs.Count == 1;
        items = [.. items.Select((item, i) => item.PairedItems is not null ? item : Paired(attempt, item, arePaired ? i : NodeResult.WholeRun))];
        return Completed(attempt, items.Count == 0 ? [] : [Output(attempt, FirstOutput(attempt), items)], null, default);
    }

    public static ValueTask<ExecutionEvent> EndAsync(NodeAttempt attempt, NodeResult result, CancellationToken cancellationToken)
    {
        if (attempt.Step.EarlierAttempts.IsDefaultOrEmpty) return new(End(attempt, result, null));
        return WithEarlierAsync(attempt, result, cancellationToken);
    }

    private static async ValueTask<ExecutionEvent> WithEarlierAsync(NodeAttempt attempt, NodeResult result, CancellationToken cancellationToken)
    {
        var earlier = new PartialResult();
        foreach (var seq in attempt.Step.EarlierAttempts)
            earlier.Read(await attempt.RunData.LoadPartial(seq, cancellationToken).ConfigureAwait(false));
        return End(attempt, result, earlier);
    }

    private static ExecutionEvent End(NodeAttempt attempt, NodeResult result, PartialResult? earlier)
    {
        try
        {
            return Compose(attempt, result, earlier);
        }
        catch (ItemsTooLargeException e)
        {
            // Whatever onError says: an error item would carry the same data on.
            return Failed(attempt, new ExecutionError(e.Message, NodeErrorCodes.OutputTooLarge, attempt.Node.Id, attempt.Step.Attempt), []);
        }
    }

    private static ExecutionEvent Compose(NodeAttempt attempt, NodeResult result, PartialResult? earlier)
    {
        foreach (var (_, item, owner) in result.Items)
            if (JsonText.IsDeeperThan(item.Json, MaxItemDepth)) result.Fail(owner, new NodeError("NESTED_TOO_DEEP", $"The item's data is nested more than {MaxItemDepth} levels deep.", Final: true));
        // The one place where secrets are hidden: everything that becomes an event comes through here.
        if (attempt.MaskIfAny is { IsEmpty: false } mask) result = MaskedResult.Of(result, mask);
        if (!result.HasFailures && result.Directive is { } directive && DirectiveEvents.For(attempt, directive, ref result) is { } directed) return directed;
        if (result.HasFailures && result.Directive is ChildrenDirective { Children.Count: > 0 } children && attempt.Node.OnError != OnError.Stop)
            return DirectiveEvents.Children(attempt, children);
        if (result.HasFailures && Retrying.Next(attempt, result, earlier) is { } retry) return retry;
        return Final(attempt, result, earlier);
    }

    private static ExecutionEvent Final(NodeAttempt attempt, NodeResult result, PartialResult? earlier)
    {
        if (!result.HasFailures && earlier is null) return Completed(attempt, Outputs(attempt, result.Items), null, result.Response);

        var failures = Retrying.AllFailures(result, earlier);
        var successes = result.Items.Where(e => !result.Failures.ContainsKey(e.Owner));
        var all = (earlier is null ? successes : earlier.Items.Concat(successes)).ToList();
        if (failures.Count == 0) return Completed(attempt, Outputs(attempt, InItemOrder(all)), null, result.Response);

        // What was called off because of a failure comes second, whatever its item's place.
        var first = failures.Values.FirstOrDefault(f => f.Code != NodeErrorCodes.Cancelled) ?? failures.First().Value;
        var error = new ExecutionError(first.Message, first.Code, attempt.Node.Id, attempt.Step.Attempt);
        if (attempt.Node.OnError == OnError.Stop) return Failed(attempt, error, Outputs(attempt, InItemOrder(all)));
        var output = attempt.Node.OnError == OnError.Continue ? FirstOutput(attempt) : ErrorOutput;
        foreach (var (item, failure) in failures) all.Add(new NodeResult.Emitted(output, ErrorItem(attempt, item, failure), item));
        return Completed(attempt, Outputs(attempt, InItemOrder(all)), error, result.Response);
    }

    /// <summary>The output that <c>errorOutput</c> adds to a node.</summary>
    private const string ErrorOutput = "error";

    private static IEnumerable<NodeResult.Emitted> InItemOrder(IEnumerable<NodeResult.Emitted> items) => items.OrderBy(e => e.Owner);

    private static Item ErrorItem(NodeAttempt attempt, int item, NodeError error) => new(new ObjectValue
    {
        { "error", new ObjectValue { { "message", error.Message }, { "code", error.Code }, { "nodeId", attempt.Node.Id } } },
        { "input", InputOf(attempt, item) },
    });

    private static Value InputOf(NodeAttempt attempt, int item)
    {
        if (item < 0 || item >= attempt.Items.Count || JsonText.IsDeeperThan(attempt.Items[item].Json, MaxItemDepth - 1)) return Value.Null;
        return attempt.MaskIfAny is { } mask ? mask.Apply(Value.From(attempt.Items[item].Json)) : attempt.Items[item].Json;
    }

    private static string FirstOutput(NodeAttempt attempt) => attempt.Planned.IsLoop ? "done" : attempt.Planned.Outputs[0];

    private static ImmutableArray<OutputData> Outputs(NodeAttempt attempt, IEnumerable<NodeResult.Emitted> emitted)
    {
        var outputs = attempt.Planned.Outputs;
        var lists = new List<Item>?[outputs.Length];
        var count = 0;
        foreach (var (output, item, owner) in emitted)
        {
            var index = outputs.IndexOf(output);
            if (index < 0) throw new InvalidOperationException($"The node type '{attempt.Node.Type}' put an item on the output '{output}', which it does not declare.");
            if (lists[index] is null) count++;
            (lists[index] ??= []).Add(Paired(attempt, item, owner));
        }

        if (count == 0) return attempt.Node.AlwaysOutput ? [Output(attempt, FirstOutput(attempt), [Paired(attempt, new Item(new ObjectValue(0)), NodeResult.WholeRun)])] : [];
        var result = ImmutableArray.CreateBuilder<OutputData>(count);
        for (var i = 0; i < lists.Length; i++)
            if (lists[i] is { } items) result.Add(Output(attempt, outputs[i], items));
        return result.MoveToImmutable();
    }

    private static Item Paired(NodeAttempt attempt, Item item, int owner)
    {
        if (attempt.Planned.Descriptor.IsTrigger) return item.PairedItems is null ? item : item with { PairedItems = null };
        if (owner == NodeResult.WholeRun) return item.PairedItems is null && OnlyItem(attempt) is { } only ? item with { PairedItems = [only] } : item;
        if (item.PairedItems is [{ Input: 0 } pair] && pair.Item == owner) return item;
        return item with { PairedItems = owner < FirstPairs.Length ? FirstPairs[owner] : [new PairedItem(0, owner)] };
    }

    /// <summary>Whatever a run made, it made of its only item.</summary>
    private static PairedItem? OnlyItem(NodeAttempt attempt)
    {
        PairedItem? only = null;
        for (var input = 0; input < attempt.Inputs.Count; input++)
        {
            if (attempt.Inputs[input].Count == 0) continue;
            if (only is not null || attempt.Inputs[input].Count > 1) return null;
            only = new PairedItem(input, 0);
        }

        return only;
    }

    private static OutputData Output(NodeAttempt attempt, string output, IReadOnlyList<Item> items)
    {
        foreach (var item in items) item.Json.Freeze();
        return new OutputData(output, Payload.Of(items));
    }

    public static ImmutableArray<InputSources> Sources(NodeAttempt attempt)
    {
        var inputs = attempt.Step.Inputs;
        if (inputs.IsDefaultOrEmpty) return [];
        var result = ImmutableArray.CreateBuilder<InputSources>(inputs.Length);
        foreach (var input in inputs) result.Add(InputSources.Of(input));
        return result.MoveToImmutable();
    }

    private static NodeCompleted Completed(NodeAttempt attempt, ImmutableArray<OutputData> outputs, ExecutionError? handled, Value response)
    {
        var bytes = response.IsUndefined ? null : JsonText.WriteBytes(new ArrayValue([response]));
        return new NodeCompleted
        {
            Node = attempt.Step.Node,
            Run = attempt.Step.Run,
            Attempt = attempt.Step.Attempt,
            Inputs = Sources(attempt),
            Outputs = outputs,
            HandledError = handled,
            Response = bytes is null ? null : new Payload(1, bytes.Length, bytes),
            Compensates = attempt.Step.Compensates,
            StartedAt = attempt.BeganAt,
        };
    }

    private static NodeFailed Failed(NodeAttempt attempt, ExecutionError error, ImmutableArray<OutputData> outputs) => new()
    {
        Node = attempt.Step.Node,
        Run = attempt.Step.Run,
        Attempt = attempt.Step.Attempt,
        Inputs = Sources(attempt),
        Error = error,
        Outputs = outputs,
        Compensates = attempt.Step.Compensates,
        StartedAt = attempt.BeganAt,
    };
}
