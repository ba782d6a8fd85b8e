using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Tests.Executions.Oracle;

/// <summary>What a run of the decider has to have in common with the model, and what every history has to keep to.</summary>
internal static class Agreement
{
    /// <summary>It went to its end: every run, its inputs, and the output are as foreseen.</summary>
    public static void IsWhole(ScriptedShell shell, Model model)
    {
        Assert.Equal(ExecutionStatus.Success, shell.State.Status);
        Assert.Equal(Sorted(model.Runs.Values.Select(r => $"{r.Node}#{r.Run} {r.Status}")), Sorted(shell.Runs.Values.Select(r => $"{r.Node}#{r.Run} {r.Status}")));
        Assert.Equal(Sorted(model.Runs.Values.Where(r => IsRunByShell(shell, r) && !shell.Copied.Contains((r.Node, r.Run))).Select(Inputs)), Sorted(shell.Given.Select(Inputs)));
        Assert.Equal(model.Output, shell.Output);
        Assert.Null(shell.State.Error);
    }

    /// <summary>It was stopped: what ran is foreseen, the rest did not happen.</summary>
    public static void IsPart(ScriptedShell shell, Model model)
    {
        var ended = shell.Runs.Values.Where(r => r.Status is RunStatus.Success or RunStatus.Skipped or RunStatus.Error);
        foreach (var run in ended.Where(r => !IsCompensation(shell, r.Node) && !shell.GivenUp.Contains((r.Node, r.Run))))
            Assert.Equal($"{run.Node}#{run.Run} {model.Runs[(run.Node, run.Run)].Status}", $"{run.Node}#{run.Run} {run.Status}");
        Assert.Empty(shell.Given.Select(Inputs).Except(model.Runs.Values.Select(Inputs)));
    }

    /// <summary>Begun once, ended once, nothing begun after a stop, and at most so many at once.</summary>
    public static void IsLawful(ScriptedShell shell, WorkflowDefinition definition)
    {
        var begun = shell.Events.OfType<NodeStarted>().Select(e => (e.Node, e.Run, e.Attempt)).ToList();
        Assert.Equal(begun.Distinct(), begun);
        var ended = shell.Events.Where(e => e is NodeCompleted or NodeFailed or NodeCancelled).Select(RunOf)
            .Where(r => !shell.GivenUp.Contains(r)).ToList(); // there the end of the attempt is not that of the run
        Assert.Equal(ended.Distinct(), ended);
        Assert.True(shell.MostInFlight <= definition.Settings.MaxParallelNodes);

        var stop = shell.Events.FindIndex(e => e is NodeFailed { Compensates: null } or CancelRequested or TimerFired { Timer: "workflow" });
        Assert.Equal(shell.Events.OfType<NodeFailed>().FirstOrDefault(e => e.Compensates is null && e.Error.Code != NodeErrorCodes.Cancelled)?.Error ?? shell.State.Error, shell.State.Error);
        if (stop < 0) return;
        Assert.DoesNotContain(shell.Events.Skip(stop), e => e is NodeStarted { Compensates: null } or WaitStarted or LoopEntered or ChildrenRequested);
    }

    /// <summary>What could be undone was, last first, each with what it had put out; or nothing was.</summary>
    public static void IsCompensated(ScriptedShell shell, WorkflowDefinition definition, bool isDue)
    {
        var undoable = shell.Events.TakeWhile(e => e is not NodeStarted { Compensates: not null }).Select(Undoable).OfType<(RunKey Key, string[] Items)>()
            .Where(u => definition.Nodes.Single(n => n.Id == u.Key.Node).CompensateWith is not null).Reverse();
        var undone = shell.Compensations.DistinctBy(c => c.Undone);

        Assert.Equal(isDue ? string.Join("; ", undoable.Select(u => $"{u.Key.Node}#{u.Key.Run} {string.Join(",", u.Items)}")) : "", string.Join("; ", undone.Select(u => $"{u.Undone.Node}#{u.Undone.Run} {string.Join(",", u.Items)}")));
    }

    private static (RunKey Key, string[] Items)? Undoable(ExecutionEvent happened) => happened switch
    {
        NodeCompleted { Compensates: null } e when e.Outputs.IsEmpty || Successful(e.Outputs).Any() => (new RunKey(e.Node, e.Run), Items(e.Outputs)),
        NodeFailed { Compensates: null } e when Successful(e.Outputs).Any() => (new RunKey(e.Node, e.Run), Items(e.Outputs)),
        _ => null,
    };

    private static string[] Items(IEnumerable<OutputData> outputs) =>
        [.. Successful(outputs).SelectMany(o => System.Text.Json.JsonSerializer.Deserialize<string[]>(o.Items.Inline.Span)!)];

    private static IEnumerable<OutputData> Successful(IEnumerable<OutputData> outputs) => outputs.Where(o => o.Output != "error");

    private static bool IsRunByShell(ScriptedShell shell, ForeseenRun run) =>
        run.Status != RunStatus.Skipped && !shell.State.Plan.Find(run.Node)!.Definition.Disabled;

    private static bool IsCompensation(ScriptedShell shell, string node) => shell.State.Plan.Definition.Nodes.Any(n => n.CompensateWith == node);

    private static (string, int) RunOf(ExecutionEvent ended) => ended switch
    {
        NodeCompleted e => (e.Node, e.Run),
        NodeFailed e => (e.Node, e.Run),
        NodeCancelled e => (e.Node, e.Run),
        _ => throw new ArgumentException($"Not the end of a run: {ended}", nameof(ended)),
    };

    private static string Inputs(ForeseenRun run) => Inputs(run.Node, run.Run, run.Inputs);
    private static string Inputs(KeyValuePair<(string Node, int Run), IReadOnlyList<IReadOnlyList<string>>> given) => Inputs(given.Key.Node, given.Key.Run, given.Value);

    private static string Inputs(string node, int run, IReadOnlyList<IReadOnlyList<string>> inputs) =>
        $"{node}#{run} ← {string.Join(" | ", inputs.Select(i => string.Join(",", i)))}";

    private static IEnumerable<string> Sorted(IEnumerable<string> words) => words.Order(StringComparer.Ordinal);
}
