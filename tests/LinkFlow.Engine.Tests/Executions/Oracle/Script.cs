using LinkFlow.Engine.Definitions;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>How much goes wrong in a script.</summary>
internal enum Failing
{
    /// <summary>Nothing ends badly but what <c>continue</c> and <c>errorOutput</c> handle, and what a retry mends.</summary>
    Handled,

    /// <summary>Nodes whose <c>onError</c> is <c>stop</c> fail now and then.</summary>
    Stopping,
}

/// <summary>How a wait ends.</summary>
internal enum WaitEnd { Duration, Signal, Timeout }

/// <summary>What one item does in a run.</summary>
/// <param name="FailedAttempts">It fails in attempts up to this one; 0: in none.</param>
/// <param name="Outputs">Where it puts an item each when it succeeds.</param>
internal sealed record ItemScript(int FailedAttempts, IReadOnlyList<string> Outputs);

/// <summary>What a run of a node comes to once its last attempt is over.</summary>
/// <param name="Outputs">Items by output; only outputs that got some.</param>
internal sealed record RunOutcome(bool HasFailed, int Attempts, IReadOnlyDictionary<string, List<string>> Outputs)
{
    /// <summary>There are error items in the outputs.</summary>
    public bool HasHandledErrors { get; init; }
}

/// <summary>
/// What every node does in every run, drawn from a seed by (node, run, item): so the model and the shell see the
/// same world, in whatever order things happen. Items are words that say where they came from.
/// </summary>
internal class Script(int seed, Failing failing = Failing.Handled)
{
    public const string EmptyItem = "{}";

    public int Seed { get; } = seed;

    public virtual IReadOnlyList<string> Input => [.. Enumerable.Range(0, Draw("input", "", 0, 0, 12) switch { 0 => 0, < 5 => 1, < 9 => 2, _ => 5 }).Select(i => $"input.{i}")];

    public virtual ItemScript Item(NodeDefinition node, IReadOnlyList<string> outputs, int run, int item)
    {
        var usual = outputs.Where(o => o != "error").ToArray();
        var count = node.Type == "start" ? 1 : Draw("count", node.Id, run, item, 12) switch { 0 => 0, 1 => 2, _ => 1 };
        var places = Enumerable.Range(0, count).Select(k => usual[Draw($"output{k}", node.Id, run, item, usual.Length)]);
        return new ItemScript(FailedAttempts(node, run, item), [.. places]);
    }

    public virtual (int BatchSize, int MaxRounds) Loop(NodeDefinition node, int run) =>
        (1 + Draw("batch", node.Id, run, 0, 3), CanFail(node) && Draw("limit", node.Id, run, 0, 8) == 0 ? 1 : 1000);

    public virtual WaitEnd Wait(NodeDefinition node, int run)
    {
        var end = (WaitEnd)Draw("wait", node.Id, run, 0, 3);
        return end == WaitEnd.Timeout && OnTimeout(node) == "error" && !CanFail(node) ? WaitEnd.Signal : end;
    }

    public string OnTimeout(NodeDefinition node) => new[] { "error", "continue", "timeoutOutput" }[Draw("onTimeout", node.Id, 0, 0, 3)];

    /// <summary>True: one child for each item; false: one for all.</summary>
    public bool IsChildPerItem(NodeDefinition node) => Draw("each", node.Id, 0, 0, 2) == 0;

    /// <summary>False: the node is done once its children have started, and hands its input on.</summary>
    public bool AwaitsChildren(NodeDefinition node) => Draw("await", node.Id, 0, 0, 4) > 0;

    public bool ChildSucceeds(NodeDefinition node, int run, int owner) => !CanFail(node) || Draw("child", node.Id, run, owner, 4) > 0;

    public IReadOnlyList<string> ChildOutput(NodeDefinition node, int run, int owner) =>
        [.. Enumerable.Range(0, Draw("childOutput", node.Id, run, owner, 3)).Select(k => $"child:{node.Id}#{run}.{owner}.{k}")];

    public bool CompensationFails(string node, int run) => Draw("compensation", node, run, 0, 5) == 0;

    public static string Signal(string node, int run) => $"signal:{node}#{run}";

    public static string ErrorItem(string node, int run, int item) => $"error:{node}#{run}.{item}";

    /// <summary>What an ordinary node or a merge makes of these items over all its attempts.</summary>
    public RunOutcome Outcome(NodeDefinition node, IReadOnlyList<string> outputs, int run, IReadOnlyList<string> items)
    {
        var scripts = items.Select((_, i) => Item(node, outputs, run, i)).ToArray();
        var worst = scripts.Max(s => s.FailedAttempts);
        var attempts = Math.Min(worst + 1, MaxAttempts(node));
        return Compose(node, outputs, run, attempts, scripts.Select((s, i) => s.FailedAttempts >= attempts ? null : Emitted(node.Id, run, i, s)));
    }

    /// <summary>The outcome when every item of the run fails with something that is not tried again.</summary>
    public static RunOutcome AllFail(NodeDefinition node, IReadOnlyList<string> outputs, int run, int items, int attempt = 1) =>
        Compose(node, outputs, run, attempt, Enumerable.Repeat<List<(string, string)>?>(null, items));

    /// <summary>The outcome when these items of an ordinary node have failed and the others succeeded before.</summary>
    public RunOutcome SomeFail(NodeDefinition node, IReadOnlyList<string> outputs, int run, IReadOnlyList<string> items, IReadOnlyCollection<int> failed) =>
        Compose(node, outputs, run, 1, items.Select((_, i) => failed.Contains(i) ? null : Emitted(node.Id, run, i, Item(node, outputs, run, i))));

    /// <summary>The outcome when each child has ended; a child for all items counts for each of them when it fails.</summary>
    public RunOutcome ChildrenOutcome(NodeDefinition node, IReadOnlyList<string> outputs, int run, IReadOnlyList<string> items)
    {
        if (!AwaitsChildren(node)) return new RunOutcome(false, 1, new Dictionary<string, List<string>> { [Connection.Main] = [.. items] });
        if (IsChildPerItem(node)) return Compose(node, outputs, run, 1, items.Select((_, i) => Child(node, run, i)));
        return Child(node, run, -1) is { } all ? Compose(node, outputs, run, 1, [all]) : AllFail(node, outputs, run, items.Count);
    }

    public static int MaxAttempts(NodeDefinition node) => node.Retry?.MaxAttempts ?? 1;

    private static List<(string Output, string Item)> Emitted(string node, int run, int item, ItemScript script) =>
        [.. script.Outputs.Select((output, k) => (output, $"{node}#{run}.{item}.{k}"))];

    private List<(string, string)>? Child(NodeDefinition node, int run, int owner) =>
        ChildSucceeds(node, run, owner) ? [.. ChildOutput(node, run, owner).Select(i => (Connection.Main, i))] : null;

    /// <summary>Puts per-item results (null: failed) together in item order, as <c>onError</c> says.</summary>
    private static RunOutcome Compose(NodeDefinition node, IReadOnlyList<string> outputs, int run, int attempts, IEnumerable<List<(string Output, string Item)>?> results)
    {
        var made = new Dictionary<string, List<string>>();
        var (hasFailed, hasHandledErrors) = (false, false);
        foreach (var (result, item) in results.Select((r, i) => (r, i)))
        {
            hasHandledErrors |= result is null && node.OnError != OnError.Stop;
            if (result is null && node.OnError == OnError.Stop) hasFailed = true;
            else if (result is null) Put(made, node.OnError == OnError.Continue ? FirstOutput(outputs) : "error", ErrorItem(node.Id, run, item));
            else foreach (var (output, word) in result) Put(made, output, word);
        }

        return new RunOutcome(hasFailed, attempts, made) { HasHandledErrors = hasHandledErrors };
    }

    /// <summary>One empty item on the first output where a node that ran left all of them empty and says <c>alwaysOutput</c>.</summary>
    public static RunOutcome WithAlwaysOutput(NodeDefinition node, RunOutcome outcome) =>
        node.AlwaysOutput && !outcome.HasFailed && outcome.Outputs.Count == 0
            ? outcome with { Outputs = new Dictionary<string, List<string>> { [FirstOutput(RandomGraph.OutputsOf(node))] = [EmptyItem] } }
            : outcome;

    public static string FirstOutput(IReadOnlyList<string> outputs) => outputs[0] == "loop" ? "done" : outputs[0];

    private static void Put(Dictionary<string, List<string>> made, string output, string item)
    {
        if (!made.TryGetValue(output, out var items)) made[output] = items = [];
        items.Add(item);
    }

    private int FailedAttempts(NodeDefinition node, int run, int item)
    {
        if (node.Type is "start" or "merge" || Draw("fails", node.Id, run, item, 5) > 0) return 0;
        var failed = 1 + Draw("attempts", node.Id, run, item, 4);
        return CanFail(node) ? failed : Math.Min(failed, MaxAttempts(node) - 1);
    }

    private bool CanFail(NodeDefinition node) => node.OnError != OnError.Stop || (failing == Failing.Stopping && Draw("stops", node.Id, 0, 0, 3) == 0);

    /// <summary>0 to <paramref name="bound"/> − 1; FNV-1a with a finish, so that runs and items next to each other differ.</summary>
    private int Draw(string what, string node, int run, int item, int bound)
    {
        var hash = 14695981039346656037UL ^ (uint)Seed;
        foreach (var c in what) hash = (hash ^ c) * 1099511628211UL;
        foreach (var c in node) hash = (hash ^ c) * 1099511628211UL;
        hash = ((hash ^ (uint)run) * 1099511628211UL ^ (uint)item) * 1099511628211UL;
        hash = (hash ^ (hash >> 31)) * 0x9E3779B97F4A7C15UL;
        return (int)((hash >> 33) % (ulong)bound);
    }
}
