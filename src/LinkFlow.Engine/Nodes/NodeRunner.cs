using System.Collections.Immutable;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>
/// Runs one step of the decider and tells the event that it ended in: evaluates parameters, calls the node,
/// composes outputs over attempts, and decides between another attempt, failure and error items. Shared by all
/// shells; it writes nothing, and payloads in its events are always inline.
/// </summary>
public static class NodeRunner
{
    /// <summary>How long a cancelled attempt may take to end by itself before it is given up.</summary>
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(5);

    /// <summary>With more items than this, a pure node gets a token that ends with its time; with fewer, no expression can take that long.</summary>
    private const int ItemsThatNeedNoTimer = 64;

    /// <summary>The nodes whose runs a shell must look up (ExecutionState.FindVisible) before it runs this node: what its expressions name, or, with names known only at run time, all nodes with a path to it.</summary>
    public static IReadOnlyCollection<int> ReferencedNodes(ExecutionPlan plan, PlannedNode node) => NodeReferences.Of(plan, node).Shown;

    /// <summary>Runs the step. Never throws for what a node does; a cancelled token ends in NodeCancelled.</summary>
    /// <remarks>What <see cref="NodeRun.Load"/> throws goes through, save a <see cref="NodeException"/>: the step did not run then. The same of <see cref="NodeRun.LoadPartial"/>, without exception.</remarks>
    public static ValueTask<ExecutionEvent> RunAsync(NodeRun run, CancellationToken cancellationToken)
    {
        var step = run.Step;
        var node = run.Plan.Find(step.Node) ?? throw new ArgumentException($"The plan has no node '{step.Node}'.", nameof(run));
        var attempt = new NodeAttempt(run, node);
        if (step.IsPinned) return new(Composition.Pinned(attempt));
        if (step.FailWith is { } error) return Composition.EndAsync(attempt, FailAll(attempt, error), cancellationToken);
        if (!step.Children.IsDefault) return ComposeChildrenAsync(attempt, cancellationToken);
        return NodeReferences.Of(run.Plan, node).IsEmpty
            ? ExecuteAsync(attempt, cancellationToken)
            : LoadAndExecuteAsync(attempt, cancellationToken);
    }

    private static async ValueTask<ExecutionEvent> LoadAndExecuteAsync(NodeAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            attempt.Views = await NodeViews.LoadAsync(attempt.RunData, NodeReferences.Of(attempt.RunData.Plan, attempt.Planned), attempt.Pending, cancellationToken).ConfigureAwait(false);
        }
        catch (NodeException e)
        {
            return await Composition.EndAsync(attempt, FailAll(attempt, e.Error), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Composition.Cancelled(attempt);
        }

        return await ExecuteAsync(attempt, cancellationToken).ConfigureAwait(false);
    }

    private static ValueTask<ExecutionEvent> ExecuteAsync(NodeAttempt attempt, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return new(Composition.Cancelled(attempt));
        if (attempt.Planned.Effect == Effect.External || attempt.Items.Count > ItemsThatNeedNoTimer) return ExecuteTimedAsync(attempt, cancellationToken);
        ValueTask<NodeResult> call;
        try
        {
            call = attempt.Planned.Node.ExecuteAsync(attempt, cancellationToken);
        }
        catch (Exception e)
        {
            return EndAsync(attempt, e, stop: null, cancellationToken);
        }

        return call.IsCompletedSuccessfully
            ? Composition.EndAsync(attempt, call.Result, cancellationToken)
            : FinishAsync(attempt, call.AsTask(), stop: null, cancellationToken);
    }

    private static async ValueTask<ExecutionEvent> ExecuteTimedAsync(NodeAttempt attempt, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var token = stop.Token;
        var call = attempt.Planned.Effect == Effect.External
            ? Task.Run(() => attempt.Planned.Node.ExecuteAsync(attempt, token).AsTask(), CancellationToken.None)
            : ExecuteInPlace(attempt, stop);
        return await FinishAsync(attempt, call, stop, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A pure node that works on this thread notices the end of its time between two items.</summary>
    private static Task<NodeResult> ExecuteInPlace(NodeAttempt attempt, CancellationTokenSource stop)
    {
        using var timer = attempt.RunData.Clock.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), stop, attempt.Timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return attempt.Planned.Node.ExecuteAsync(attempt, stop.Token).AsTask();
        }
        catch (Exception e)
        {
            return Task.FromException<NodeResult>(e);
        }
    }

    /// <summary>Waits for the node's end, the end of its time, or the order to stop, whichever comes first.</summary>
    private static async ValueTask<ExecutionEvent> FinishAsync(NodeAttempt attempt, Task<NodeResult> call, CancellationTokenSource? stop, CancellationToken cancellationToken)
    {
        await ((Task)call).WaitAsync(attempt.Timeout, attempt.RunData.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!call.IsCompleted && cancellationToken.IsCancellationRequested)
        {
            // It was told to stop, and may still end well: what it did is recorded then.
            await ((Task)call).WaitAsync(CancellationGrace, attempt.RunData.Clock, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (call.IsCompletedSuccessfully) return await Composition.EndAsync(attempt, call.Result, cancellationToken).ConfigureAwait(false);
        if (call.IsCompleted) return await EndAsync(attempt, Thrown(call), stop, cancellationToken).ConfigureAwait(false);
        Abandon(attempt, call);
        if (cancellationToken.IsCancellationRequested) return Composition.Cancelled(attempt);
        if (stop is not null) await stop.CancelAsync().ConfigureAwait(false);
        return await Composition.EndAsync(attempt, FailAll(attempt, TimedOut(attempt)), cancellationToken).ConfigureAwait(false);
    }

    private static Exception Thrown(Task call) => call.Exception?.InnerException ?? new TaskCanceledException(call);

    /// <summary>The event for what a node threw.</summary>
    private static ValueTask<ExecutionEvent> EndAsync(NodeAttempt attempt, Exception thrown, CancellationTokenSource? stop, CancellationToken cancellationToken)
    {
        if (thrown is OperationCanceledException && cancellationToken.IsCancellationRequested) return new(Composition.Cancelled(attempt));
        var error = thrown switch
        {
            OperationCanceledException when stop is { IsCancellationRequested: true } => TimedOut(attempt),
            NodeException e => e.Error,
            ExpressionException e => new NodeError(NodeErrorCodes.ExpressionError, e.Message),
            _ => new NodeError(NodeErrorCodes.NodeFailed, thrown.Message),
        };
        return Composition.EndAsync(attempt, FailAll(attempt, error), cancellationToken);
    }

    private static void Abandon(NodeAttempt attempt, Task<NodeResult> call) => call.ContinueWith(
        static (ended, state) =>
        {
            var late = (NodeAttempt)state!;
            var how = ended.IsCompletedSuccessfully ? "with a result" : ended.IsCanceled ? "by stopping" : $"with an error: {ended.Exception!.InnerException?.Message}";
            late.RunData.Ignored?.Invoke(new ResultIgnored
            {
                Node = late.Step.Node, Run = late.Step.Run, Attempt = late.Step.Attempt,
                Reason = $"The attempt ended {late.MaskIfAny?.Apply(how) ?? how} after it had been given up.",
            });
        },
        attempt,
        CancellationToken.None,
        TaskContinuationOptions.None,
        TaskScheduler.Default);

    private static NodeError TimedOut(NodeAttempt attempt) =>
        new(NodeErrorCodes.Timeout, $"The node '{attempt.Node.Id}' did not end within {attempt.Node.TimeoutSeconds} s. Raise its timeoutSeconds, or give it less to do.");

    private static NodeResult FailAll(NodeAttempt attempt, NodeError error)
    {
        var result = new NodeResult();
        foreach (var item in attempt.Pending) result.Fail(item, error);
        return attempt.Pending.Count == 0 ? result.Fail(NodeResult.WholeRun, error) : result;
    }

    private static async ValueTask<ExecutionEvent> ComposeChildrenAsync(NodeAttempt attempt, CancellationToken cancellationToken)
    {
        NodeResult result;
        try
        {
            result = await ChildResults.ComposeAsync(attempt, cancellationToken).ConfigureAwait(false);
        }
        catch (NodeException e)
        {
            result = FailAll(attempt, e.Error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Composition.Cancelled(attempt);
        }

        return await Composition.EndAsync(attempt, result, cancellationToken).ConfigureAwait(false);
    }
}
