using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>The record that keeps a signed call from starting anything when it is sent again. Committed with the start.</summary>
internal sealed class WebhookDelivery
{
    public static readonly DocumentType Type = new("webhook-delivery");

    private readonly string _tenant;

    /// <param name="registrationId">Path and method: whichever workflow answers there, the sender's repeat is a repeat.</param>
    /// <param name="delivery">As <see cref="Admission.Delivery"/>.</param>
    public WebhookDelivery(string tenant, string registrationId, string delivery)
    {
        _tenant = tenant;
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{registrationId} {delivery}")));
    }

    public string Id { get; }

    /// <summary>What goes into the transaction of the start: refused when the delivery was taken before.</summary>
    public UnitOfWork Taking(string executionId, DateTimeOffset until) =>
        new UnitOfWork(_tenant).Put(Type, Id, new ObjectValue(1) { { "executionId", executionId } }, expected: 0, expiresAt: until);

    /// <returns>What the first call started; null: it was never taken, or that was too long ago.</returns>
    public async ValueTask<string?> FindAsync(IDocumentStore store, CancellationToken cancellationToken) =>
        (await store.GetAsync(_tenant, Type, Id, cancellationToken))?.Body["executionId"].AsString;
}
