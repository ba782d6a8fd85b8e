using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Credentials;

/// <summary>What a credential type works with while it is used or tried.</summary>
/// <param name="Http">The guarded way out; also for a connection that is not HTTP.</param>
/// <param name="Mask">Hides what is added to it in everything that the attempt puts out.</param>
/// <param name="Services">Ports that the host lends, e.g. a keeper of tokens.</param>
public sealed record CredentialUse(OutboundHttp Http, SecretMask Mask, IServiceProvider Services)
{
    public DateTimeOffset Now => Http.Clock.GetUtcNow();
}
