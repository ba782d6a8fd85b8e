using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Engine.Nodes;

/// <summary>Whether, and when, failed items are tried again (execution.md §4).</summary>
internal static class Retrying
{
    /// <summary>A longer Retry-After counts as this, in milliseconds: an hour.</summary>
    public const long LongestRetryAfterMs = 3_600_000;

    /// <summary>The event that announces another attempt, or null when there will be none.</summary>
    public static NodeAttemptFailed? Next(NodeAttempt attempt, NodeResult result, PartialResult? earlier)
    {
        if (attempt.Planned.Retry is not { } policy || attempt.Step.Attempt >= policy.MaxAttempts) return null;
        var again = result.Failures.Where(f => MayHelp(policy, f.Value)).ToList();
        var final = result.Failures.Where(f => !MayHelp(policy, f.Value)).ToList();
        if (again.Count == 0) return null;

        // The run cannot be saved any more: trying the rest again would only repeat requests.
        if (attempt.Node.OnError == OnError.Stop && (final.Count > 0 || earlier is { Failures.Count: > 0 })) return null;

        return new NodeAttemptFailed
        {
            Node = attempt.Step.Node,
            Run = attempt.Step.Run,
            Attempt = attempt.Step.Attempt,
            Inputs = Composition.Sources(attempt),
            Failures = [.. again.Select(f => new ItemFailure(f.Key, f.Value))],
            Partial = PartialResult.Write([.. result.Items.Where(e => !result.Failures.ContainsKey(e.Owner))], final),
            RetryAt = attempt.RunData.Clock.GetUtcNow().ToUnixTimeMilliseconds() + DelayMs(attempt, policy, again),
            StartedAt = attempt.BeganAt,
        };
    }

    /// <summary>The failures that are left once there is no other attempt, by item.</summary>
    public static SortedDictionary<int, NodeError> AllFailures(NodeResult result, PartialResult? earlier)
    {
        var all = earlier is null ? [] : new SortedDictionary<int, NodeError>(earlier.Failures);
        foreach (var (item, error) in result.Failures) all[item] = error;
        return all;
    }

    private static bool MayHelp(RetryPolicy policy, NodeError error) =>
        !error.Final
        && error.Code is not (NodeErrorCodes.ParameterInvalid or NodeErrorCodes.LoopLimit or NodeErrorCodes.Crashed or NodeErrorCodes.StopAndError)
        && (!policy.OnlyTransient || error.Transient);

    /// <summary>The longest wait that the other side asked for wins over the policy's.</summary>
    private static long DelayMs(NodeAttempt attempt, RetryPolicy policy, List<KeyValuePair<int, NodeError>> failures) =>
        failures.Max(f => f.Value.RetryAfterMs) is { } asked
            ? Math.Clamp(asked, 0, LongestRetryAfterMs)
            : policy.DelayMsBefore(attempt.Step.Attempt + 1, attempt.RunData.Jitter());
}
