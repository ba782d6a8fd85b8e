using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;
using Microsoft.DurableTask;

namespace LinkFlow.Functions.Orchestration;

/// <summary>
/// Calls of activities that are tried again when they fail: what fails them is never the workflow, but a store or a
/// network. The orchestration waits itself, since the count of an attempt's starts must leave these tries out.
/// </summary>
internal sealed class DurableCalls(TaskOrchestrationContext context)
{
    /// <summary>With the waits between them, about a day.</summary>
    public const int MaxTries = 300;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(5);

    /// <summary>What no further try changes.</summary>
    private static readonly HashSet<string?> Final =
    [
        typeof(HistoryUnreadableException).FullName, typeof(RecordConflictException).FullName, typeof(FormatException).FullName, typeof(ArgumentException).FullName,
    ];

    /// <summary>How many were made in this generation.</summary>
    public int Count { get; private set; }

    /// <param name="input">By how often it was tried before.</param>
    /// <exception cref="TaskFailedException">It failed for good.</exception>
    public async Task<TResult> CallAsync<TResult>(string activity, Func<int, object> input)
    {
        var delay = FirstDelay;
        for (var tries = 0; ; tries++)
        {
            try
            {
                Count++;
                return await context.CallActivityAsync<TResult>(activity, input(tries));
            }
            catch (TaskFailedException e) when (tries + 1 < MaxTries && !Final.Contains(e.FailureDetails.ErrorType))
            {
                await context.CreateTimer(context.CurrentUtcDateTime + delay, CancellationToken.None);
                delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
            }
        }
    }

    public Task<TResult> CallAsync<TResult>(string activity, object input) => CallAsync<TResult>(activity, _ => input);
}
