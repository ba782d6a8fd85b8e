using System.Collections.Immutable;
using LinkFlow.Engine.Executions.Folding;

namespace LinkFlow.Engine.Executions.Rules;

/// <summary>When all is done, how it ended, and what came out of it (execution.md §7, §8, §13).</summary>
internal static class Finishing
{
    /// <summary>True when nothing is left to do but to record the end.</summary>
    public static bool IsDue(ExecutionState state) =>
        state.Stop is null ? state.OpenNodes == 0
        : Compensation.IsQuiet(state) && (!state.Stop.Compensates || state.Compensations.IsEmpty);

    public static ExecutionFinished Event(ExecutionState state) => new()
    {
        Status = state.Stop?.Status ?? ExecutionStatus.Success,
        Error = state.Error,
        CompensationErrors = [.. state.CompensationErrors],
    };

    public static void Finished(ExecutionState state, ExecutionFinished finished)
    {
        state.Finish = finished;
        state.Timers.Close(OpenTimers.Workflow);
        foreach (var node in state.Nodes)
            if (node.Active is { StartedAt: not null } run) EndLeftOver(state, node, run);
    }

    /// <summary>Sinks' items in the order of <c>nodes</c>, run by run, output by output; those of the first <c>respond</c> where there is one.</summary>
    public static ImmutableArray<DataPart> Output(ExecutionState state)
    {
        if (state.ResponseSeq != 0) return state.ResponseParts;
        var output = ImmutableArray.CreateBuilder<DataPart>();
        foreach (var node in state.Nodes)
        {
            if (!node.Node.IsSink || !node.Node.TakesPart) continue;
            if (node.Sunk is { } sunk) output.AddRange(sunk.ToParts());
            else if (node.Last is { Status: RunStatus.Success } last)
                for (var i = 0; i < last.Outputs.Length; i++)
                    if (IsResult(node, i)) output.AddRange(last.Outputs[i]);
        }

        return output.DrainToImmutable();
    }

    /// <summary>Whether an output of a sink counts: one that is connected does not (a loop's <c>loop</c>, or its <c>error</c>).</summary>
    public static bool IsResult(NodeProgress node, int output)
    {
        if (output == node.LoopOutput) return false;
        foreach (var connection in node.Node.Outgoing)
            if (connection.SourceOutput == output) return false;
        return true;
    }

    /// <summary>A run that the stop left open: a loop in its rounds, an attempt that was never given another try.</summary>
    private static void EndLeftOver(ExecutionState state, NodeProgress node, ActiveRun run)
    {
        state.NodesRun++;
        state.Report(node, run.Ordinal, RunStatus.Cancelled, run.StartedAt, run.Attempt, null);
    }
}
