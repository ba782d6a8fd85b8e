using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Azure.Live;

/// <summary>Tells the followers of executions and workflows by Web PubSub. What it cannot tell within <see cref="Patience"/> is lost to them: the history has it.</summary>
internal sealed class WebPubSubUpdates(WebPubSubHub hub, TimeProvider clock, ILogger<WebPubSubUpdates> log) : ILiveUpdates
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task TellAsync(string tenant, Execution execution, IReadOnlyList<ExecutionEvent> events, bool isNews, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var followers = LiveGroups.OfExecution(tenant, execution.Id);
            foreach (var @event in events) await hub.SendAsync(followers, StreamReply.Event(execution.Id, @event), either.Token);
            if (isNews) await hub.SendAsync(LiveGroups.OfWorkflow(tenant, execution.WorkflowId), StreamReply.Changed(execution), either.Token);
            if (execution.IsFinished) await hub.SendAsync(followers, StreamReply.End(execution.Id, execution.Status.Word()), either.Token);
        }
        catch (Exception e) when (e is StoreUnavailableException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            log.NotTold(execution.Id, e.Message);
        }
    }
}
