using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Executions.Rules;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote, and derives what is not in it: what is ready, timers, orders still to be carried out.</summary>
internal static class SnapshotReader
{
    /// <exception cref="FormatException">Not a snapshot of this plan.</exception>
    public static ExecutionState Read(ExecutionPlan plan, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(plan, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new FormatException($"This is not a snapshot of an execution of this plan: {e.Message}", e);
        }
    }

    private static ExecutionState Read(ExecutionPlan plan, JsonElement root)
    {
        if (root.GetProperty("format").GetInt32() is not SnapshotWriter.Format and var format)
            throw new FormatException($"The snapshot has format {format}; this version reads {SnapshotWriter.Format}.");
        if (ExecutionEventJson.Read(System.Text.Encoding.UTF8.GetBytes(root.GetProperty("started").GetRawText())) is not ExecutionStarted started)
            throw new FormatException("The snapshot does not tell how the execution started.");
        var nodes = root.GetProperty("nodes");
        if (nodes.GetArrayLength() != plan.Nodes.Length)
            throw new FormatException($"The snapshot has {nodes.GetArrayLength()} nodes, the plan {plan.Nodes.Length}.");
        var state = new ExecutionState(plan, started);
        Facts(state, root);
        Compensations(state, root);
        foreach (var (node, element) in state.Nodes.Zip(nodes.EnumerateArray())) Node(state, node, element);
        Restoring.Derive(state);
        return state;
    }

    private static void Facts(ExecutionState state, JsonElement root)
    {
        state.LastSeq = root.GetProperty("seq").GetInt64();
        state.LastAt = root.GetProperty("at").GetInt64();
        state.NodesRun = Int(root, "nodesRun");
        state.PayloadBytes = Long(root, "bytes");
        state.Error = Error(root, "error");
        state.ResponseSeq = Long(root, "response");
        if (state.ResponseSeq != 0) state.ResponseParts = Parts(root.GetProperty("responseParts"), "main");
        state.IsPaused = Has(root, "paused");
        state.WasPaused = Has(root, "wasPaused");
        foreach (var timer in Elements(root, "due")) state.DueTimers.Add(timer.GetString()!);
        foreach (var id in Elements(root, "seen")) state.SeenIds.Add(id.GetString()!);
        foreach (var id in Elements(root, "awaited")) state.AwaitedChildren.Add(id.GetString()!);
        foreach (var loop in Elements(root, "held")) state.HeldLoops.Enqueue(loop.GetInt32());
        foreach (var kept in Elements(root, "signals"))
            state.Signals.Keep(kept[0].GetString()!, new KeptSignal(kept[1].GetInt64(), kept[2].GetInt32(), kept[3].GetBoolean()));
        if (root.TryGetProperty("stop", out var stop)) state.Stop = new StopProgress(StatusWords.ExecutionStatus(stop.GetString()!)!.Value, Has(root, "compensates"));
        if (root.TryGetProperty("finish", out var finish)) state.Finish = (ExecutionFinished)ExecutionEventJson.Read(System.Text.Encoding.UTF8.GetBytes(finish.GetRawText()));
    }

    private static void Compensations(ExecutionState state, JsonElement root)
    {
        foreach (var seq in Elements(root, "storedRuns")) state.Compensations.Stored.Add(seq.GetInt64());
        foreach (var run in Elements(root, "runs"))
        {
            state.Compensations.Add(new CompensableRun(state.Nodes[Int(run, "n")].Node.Id, Int(run, "r"), Parts(run.GetProperty("o"), "main"))
            {
                Seen = [.. Elements(run, "s").Select(s => Seen(state.Nodes[Int(s, "n")], s))],
            });
        }

        state.Compensations.Reserve(Int(root, "storingRuns"));
        state.FailedCompensations = Int(root, "failedCompensations");
        foreach (var error in Elements(root, "compensationErrors")) state.CompensationErrors.Add(Error(error));
    }

    private static VisibleRun Seen(NodeProgress node, JsonElement seen) =>
        new(new RunKey(node.Node.Id, Int(seen, "r")), Outputs(node, seen), [.. Elements(seen, "i").Select(Input)]);

    private static InputSources Input(JsonElement input)
    {
        var sources = ImmutableArray.CreateBuilder<InputSource>();
        for (var i = 1; i < input.GetArrayLength(); i += 4)
            sources.Add(new InputSource(input[i].GetString()!, input[i + 1].GetString()!, input[i + 2].GetInt32(), input[i + 3].GetInt32()));
        return new InputSources(input[0].GetString()!, sources.DrainToImmutable());
    }

    private static void Node(ExecutionState state, NodeProgress node, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Null) return;
        node.Runs = Int(element, "r");
        node.Unsettled = Int(element, "u");
        node.Delivered = Has(element, "d");
        if (element.TryGetProperty("l", out var last)) node.Last = Settled(node, last);
        var depth = 0;
        foreach (var before in Elements(element, "b")) node.Before[depth++] = Settled(node, before);
        if (element.TryGetProperty("a", out var active)) node.Active = Active(state, node, active);
        if (element.TryGetProperty("o", out var loop)) node.Loop = Loop(loop);
        if (node.Sunk is { } sunk) Restore(sunk, element, "k");
    }

    private static SettledRun? Settled(NodeProgress node, JsonElement run)
    {
        if (run.ValueKind == JsonValueKind.Null) return null;
        var status = run.TryGetProperty("s", out var word) ? StatusWords.RunStatus(word.GetString()!)!.Value : RunStatus.Success;
        var numbers = Elements(run, "i").Select(n => n.GetInt32()).ToArray();
        return new SettledRun(Int(run, "n"), status, Outputs(node, run), [.. numbers.Chunk(3).Select(s => new SourceRun(s[0], s[1], s[2]))]);
    }

    private static ImmutableArray<ImmutableArray<DataPart>> Outputs(NodeProgress node, JsonElement run) =>
        [.. Elements(run, "o").Select((parts, output) => Parts(parts, node.Node.Outputs[output]))];

    private static ActiveRun Active(ExecutionState state, NodeProgress node, JsonElement a)
    {
        var run = new ActiveRun
        {
            Ordinal = node.Runs,
            ReleasedAt = Long(a, "at"),
            Undoes = Has(a, "undoes") ? state.Compensations.Runs[^1] : null,
            Attempt = Int(a, "attempt", 1),
            Phase = (RunPhase)Int(a, "phase"),
            IsRecorded = a.TryGetProperty("attemptAt", out _),
            AttemptAt = Long(a, "attemptAt"),
            Recoveries = Int(a, "recoveries"),
            StartedAt = a.TryGetProperty("startedAt", out var startedAt) ? startedAt.GetInt64() : null,
            RetryAt = Long(a, "retryAt"),
            EarlierAttempts = [.. Elements(a, "earlier").Select(s => s.GetInt64())],
        };
        if (a.TryGetProperty("pending", out var pending))
            run.Pending = [.. pending.EnumerateArray().Select(p => p.GetInt32()).Chunk(2).SelectMany(r => Enumerable.Range(r[0], r[1] - r[0] + 1))];
        if (a.TryGetProperty("failWith", out var fail)) run.FailWith = new NodeError(fail.GetProperty("code").GetString()!, fail.GetProperty("message").GetString()!);
        if (a.TryGetProperty("wait", out var wait)) run.Wait = Wait(wait);
        if (a.TryGetProperty("children", out var children)) run.Children = Children(children);
        return run;
    }

    private static WaitProgress Wait(JsonElement wait) => new(
        Long(wait, "since"),
        wait.GetProperty("for").GetString()!,
        wait.TryGetProperty("due", out var due) ? due.GetInt64() : null,
        wait.TryGetProperty("signal", out var signal) ? signal.GetString() : null,
        wait.TryGetProperty("timeout", out var timeout) ? timeout.GetInt64() : null,
        wait.GetProperty("then").GetString()!);

    private static ChildrenProgress Children(JsonElement element)
    {
        var all = element.GetProperty("all");
        var children = new ChildrenProgress(
            [.. all.EnumerateArray().Select(c => new ChildExecution(c.GetProperty("id").GetString()!, c.GetProperty("of").GetString()!, Int(c, "owner")))],
            Has(element, "wait"),
            Int(element, "most"));
        var i = 0;
        foreach (var child in all.EnumerateArray())
        {
            if (Has(child, "started")) children.Started(i);
            if (child.TryGetProperty("end", out var end))
                children.Ended(i, new ChildOutcome(children.Children[i].ExecutionId, children.Children[i].Owner, Has(child, "ok"), end.GetInt64(), Int(child, "count"), Error(child, "error")));
            i++;
        }

        if (Has(element, "off")) children.CallOff();
        return children;
    }

    private static LoopProgress Loop(JsonElement element)
    {
        var next = element.GetProperty("next");
        var loop = new LoopProgress(Int(element, "size"))
        {
            Round = Int(element, "round"),
            Batch = Parts(element.GetProperty("batch"), "main"),
            OpenMembers = Int(element, "open"),
            IsEnding = Has(element, "ending"),
            Next = (next[0].GetInt32(), next[1].GetInt32()),
        };
        Restore(loop.Results, element, "results");
        return loop;
    }

    private static void Restore(PartList list, JsonElement element, string name)
    {
        foreach (var level in Elements(element, name))
            list.Restore(level[0].GetInt32(), level.EnumerateArray().Skip(1).Select(p => Part(p, "main")));
    }

    private static ImmutableArray<DataPart> Parts(JsonElement parts, string usual) => [.. parts.EnumerateArray().Select(p => Part(p, usual))];

    private static DataPart Part(JsonElement part, string usual)
    {
        var length = part.GetArrayLength();
        return new DataPart(part[0].GetInt64(), length > 3 ? part[3].GetString()! : usual, length > 2 ? part[2].GetInt32() : 0, part[1].GetInt32())
        {
            By = length > 4 ? part[4].GetInt64() : 0,
        };
    }

    private static ExecutionError? Error(JsonElement element, string name) => element.TryGetProperty(name, out var error) ? Error(error) : null;

    private static ExecutionError Error(JsonElement error) => new(
        error.GetProperty("message").GetString()!,
        error.GetProperty("code").GetString()!,
        error.TryGetProperty("node", out var node) ? node.GetString() : null,
        Int(error, "attempt"));

    private static int Int(JsonElement element, string name, int fallback = 0) => element.TryGetProperty(name, out var number) ? number.GetInt32() : fallback;
    private static long Long(JsonElement element, string name) => element.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
    private static bool Has(JsonElement element, string name) => element.TryGetProperty(name, out var flag) && flag.GetBoolean();
    private static IEnumerable<JsonElement> Elements(JsonElement element, string name) => element.TryGetProperty(name, out var array) ? array.EnumerateArray() : [];
}
