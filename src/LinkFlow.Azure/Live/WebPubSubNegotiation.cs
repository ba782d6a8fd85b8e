using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Streams;

namespace LinkFlow.Azure.Live;

/// <summary>Azure Web PubSub holds the connections. Their token says what they follow; what they say themselves is not heard.</summary>
internal sealed class WebPubSubNegotiation(WebPubSubHub hub, TimeProvider clock) : IStreamNegotiation
{
    public async ValueTask<OpenedStream> NegotiateAsync(Principal principal, StreamTopics topics, CancellationToken cancellationToken)
    {
        var groups = topics.ExecutionIds.Select(id => LiveGroups.OfExecution(principal.Tenant, id))
            .Concat(topics.WorkflowIds.Select(id => LiveGroups.OfWorkflow(principal.Tenant, id)));
        var until = clock.GetUtcNow() + StreamTickets.Lifetime;
        return new OpenedStream(hub.ClientUrl, await hub.TokenAsync($"{principal.Tenant}.{principal.Id}", groups, StreamTickets.Lifetime, cancellationToken), until);
    }
}
