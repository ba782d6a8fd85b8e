using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>The record that keeps a call from starting anything when it is sent again. Committed with the start.</summary>
internal sealed class WebhookDelivery
{
    /// <summary>A path's records are an aggregate of their own: a call may leave two, and those of a busy webhook slow nothing else down.</summary>
    public static readonly DocumentType Type = new("webhook-delivery") { Partition = "webhook-delivery" };

    private readonly string _tenant;

    private WebhookDelivery(string tenant, string path, string name)
    {
        _tenant = tenant;
        Id = $"{path}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }

    public string Id { get; }

    /// <summary>What its sender signed. It counts for path and method: whichever workflow answers there, the sender's repeat is a repeat.</summary>
    /// <param name="delivery">As <see cref="Admission.Delivery"/>.</param>
    public static WebhookDelivery Signed(string tenant, WebhookRegistration registration, string delivery) =>
        new(tenant, registration.PathId, $"{registration.Id} {delivery}");

    /// <param name="key">What the node's <c>dedupeBy</c> gave; of any length. It counts for this node at its path, whichever of its methods is called.</param>
    public static WebhookDelivery Chosen(string tenant, WebhookRegistration registration, WebhookTarget target, string key) =>
        // The length keeps a node's id and a key from running into each other; no registration's id begins like this.
        new(tenant, registration.PathId, $"node {target.WorkflowId} {target.NodeId.Length} {target.NodeId} key {key}");

    /// <summary>Adds to the transaction of the start what refuses it when the delivery was taken before.</summary>
    public UnitOfWork Take(UnitOfWork work, string executionId, DateTimeOffset until) =>
        work.Put(Type, Id, new ObjectValue(1) { { "executionId", executionId } }, expected: 0, expiresAt: until);

    /// <returns>What the first call started; null: it was never taken, or that was too long ago.</returns>
    public async ValueTask<string?> FindAsync(IDocumentStore store, CancellationToken cancellationToken) =>
        (await store.GetAsync(_tenant, Type, Id, cancellationToken))?.Body["executionId"].AsString;
}
