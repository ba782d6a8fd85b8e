using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>What an execution came to, without what may differ between shells: times, ids, and how things were cut into events.</summary>
internal sealed record ShellResult(string Status, string Output, string Error, string Runs)
{
    public static async Task<ShellResult> OfAsync(IExecutionHistory history, string tenant, string executionId)
    {
        var execution = await history.FindAsync(tenant, executionId) ?? throw new InvalidOperationException($"There is no execution {executionId}.");
        var output = await history.LoadAsync(tenant, executionId, execution.Output);
        var events = await history.ReadAsync(tenant, executionId, 0, 10_000);
        return new ShellResult(
            execution.Status.Word(),
            JsonText.Write(new ArrayValue(output.Select(i => Value.From(i.Json)))),
            execution.Error is { } error ? $"{error.Code} {error.Message} {error.NodeId}" : "",
            string.Join(' ', events.Select(Run).Where(r => r is not null).Order(StringComparer.Ordinal)));
    }

    private static string? Run(ExecutionEvent @event) => @event switch
    {
        NodeCompleted e => $"{e.Node}/{e.Run}/{e.Attempt}:done",
        NodeFailed e => $"{e.Node}/{e.Run}/{e.Attempt}:failed",
        NodeAttemptFailed e => $"{e.Node}/{e.Run}/{e.Attempt}:retry",
        WaitStarted e => $"{e.Node}/{e.Run}:waits",
        LoopEntered e => $"{e.Node}/{e.Run}:loops",
        _ => null,
    };
}
