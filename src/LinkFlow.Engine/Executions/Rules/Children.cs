using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions.Folding;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>
/// Sub-workflows of a run: at most maxParallel at once; when all have ended, or started if they are not awaited, the
/// run's output is composed of theirs (execution.md §9).
/// </summary>
internal static class Children
{
    public static void Requested(ExecutionState state, ChildrenRequested requested)
    {
        if (state.FindAttempt(requested.Node, requested.Run, requested.Attempt, compensates: null) is not { } node) return;
        Readiness.EndAttempt(state, node);
        var run = node.Active!;
        run.StartedAt ??= requested.At;
        if (Stopping.EndIfStopping(state, node)) return;
        run.Children = new ChildrenProgress(requested.Children, requested.Wait, requested.MaxParallel);
        state.Move(run, RunPhase.Children);
        state.Report(node, run.Ordinal, RunStatus.Running, run.StartedAt, run.Attempt, null);
        Follow(state, node);
        EndIfAllEnded(state, node);
    }

    /// <summary>Lets the ends of the children find their run, and those not started be started.</summary>
    public static void Follow(ExecutionState state, NodeProgress node)
    {
        var children = node.Active!.Children!;
        for (var i = 0; i < children.Children.Length; i++)
            if (children.Outcome(i) is null) state.ChildrenById[children.Children[i].ExecutionId] = (node.Index, i);
        state.Ready.WithChildren.Add(node.Index);
    }

    public static void Started(ExecutionState state, ChildStarted started)
    {
        if (!state.ChildrenById.TryGetValue(started.ChildId, out var at)) return;
        var node = state.Nodes[at.Node];
        var children = node.Active!.Children!;
        children.Started(at.Child);
        if (children.IsCallingOff) state.Outbox.Put(CancelKey(started.ChildId), new CancelChild(started.ChildId));
        else if (state.IsPaused && children.Wait) state.Outbox.Put(PauseKey(started.ChildId), new PauseChild(started.ChildId));
        if (!children.Wait) state.ChildrenById.Remove(started.ChildId);
        EndIfAllEnded(state, node);
    }

    public static void Finished(ExecutionState state, ChildFinished finished)
    {
        state.Outbox.Withdraw(CancelKey(finished.ChildId));
        state.Outbox.Withdraw(PauseKey(finished.ChildId));
        state.AwaitedChildren.Remove(finished.ChildId);
        if (!state.ChildrenById.Remove(finished.ChildId, out var at)) return;
        var node = state.Nodes[at.Node];
        var children = node.Active!.Children!;
        var child = children.Children[at.Child];
        children.Ended(at.Child, Outcome(node, child, finished, children.IsCallingOff));
        if (children.HasFailed && !children.IsCallingOff && IsFinal(node)) CallOff(state, node);
        EndIfAllEnded(state, node);
    }

    /// <summary>The next child that may start, or null.</summary>
    public static StartChild? TakeNext(ExecutionState state)
    {
        while (state.Ready.WithChildren.Count > 0)
        {
            var node = state.Nodes[state.Ready.WithChildren.Min];
            if (node.Active?.Children is { CanStart: true } children)
            {
                var child = children.Children[children.TakeNext()];
                return new StartChild(child.ExecutionId, child.WorkflowId, node.Node.Id, node.Runs, child.Owner, Inputs(state, node, child.Owner), children.Wait);
            }

            state.Ready.WithChildren.Remove(node.Index);
        }

        return null;
    }

    /// <summary>No more of its children is started; those that may run are told to stop.</summary>
    public static void CallOff(ExecutionState state, NodeProgress node)
    {
        var children = node.Active!.Children!;
        state.Ready.WithChildren.Remove(node.Index);
        children.CallOff();
        foreach (var i in children.MayRun()) state.Outbox.Put(CancelKey(children.Children[i].ExecutionId), new CancelChild(children.Children[i].ExecutionId));
    }

    /// <summary>The run ends before its children; those that have started are awaited all the same.</summary>
    public static void Abandon(ExecutionState state, NodeProgress node)
    {
        var children = node.Active!.Children!;
        if (children.Wait) CallOff(state, node);
        state.Ready.WithChildren.Remove(node.Index);
        for (var i = 0; i < children.Children.Length; i++)
        {
            var id = children.Children[i].ExecutionId;
            if (state.ChildrenById.Remove(id) && children.Wait && children.IsStarted(i)) state.AwaitedChildren.Add(id);
        }
    }

    public static void EndIfAllEnded(ExecutionState state, NodeProgress node)
    {
        var run = node.Active!;
        var children = run.Children!;
        if (!children.HaveAllEnded)
        {
            if (children.CanStart) state.Ready.WithChildren.Add(node.Index);
            return;
        }

        state.Ready.WithChildren.Remove(node.Index);
        foreach (var child in children.Children) state.ChildrenById.Remove(child.ExecutionId);
        run.ReleasedAt = state.Now;
        Readiness.MakeReady(state, node);
    }

    /// <summary>How the children ended, for the composition of the run's output.</summary>
    public static IEnumerable<ChildOutcome> Outcomes(NodeProgress node)
    {
        var (run, children) = (node.Active!, node.Active!.Children!);
        for (var i = 0; i < children.Children.Length; i++)
        {
            var child = children.Children[i];
            yield return children.Outcome(i) ?? (children.Wait
                ? new ChildOutcome(child.ExecutionId, child.Owner, false, 0, 0, new ExecutionError("This sub-workflow was not started, since the run was stopped before.", NodeErrorCodes.Cancelled, node.Node.Id, run.Attempt))
                : new ChildOutcome(child.ExecutionId, child.Owner, true, 0, 0, null));
        }
    }

    public static string CancelKey(string child) => "cancel-child:" + child;
    public static string PauseKey(string child) => "pause-child:" + child;

    private static ChildOutcome Outcome(NodeProgress node, ChildExecution child, ChildFinished finished, bool isCalledOff)
    {
        var succeeded = finished.Status == "success";
        var error = succeeded ? null
            : isCalledOff && finished.Status == "cancelled" ? new ExecutionError("This sub-workflow was cancelled, since the run was stopped before.", NodeErrorCodes.Cancelled, node.Node.Id, node.Active!.Attempt)
            : finished.Error;
        return new ChildOutcome(child.ExecutionId, child.Owner, succeeded, finished.Seq, finished.Output?.Count ?? 0, error);
    }

    /// <summary>A failure that no attempt will follow, and that stops the execution: the siblings are in vain.</summary>
    private static bool IsFinal(NodeProgress node) =>
        node.Node.Definition.OnError == OnError.Stop
        && (node.Node.Retry is not { OnlyTransient: false } retry || node.Active!.Attempt >= retry.MaxAttempts);

    private static System.Collections.Immutable.ImmutableArray<StepInput> Inputs(ExecutionState state, NodeProgress node, int owner)
    {
        var inputs = Merging.Inputs(state, node);
        if (owner < 0) return inputs;
        var before = 0;
        foreach (var part in inputs[0].Parts)
        {
            if (owner < before + part.Count)
                return [new StepInput(inputs[0].Input, [part with { Offset = part.Offset + owner - before, Count = 1 }], [])];
            before += part.Count;
        }

        throw new InvalidOperationException($"Node '{node.Node.Id}' asked for a sub-workflow for item {owner}, and has {before} items.");
    }
}
