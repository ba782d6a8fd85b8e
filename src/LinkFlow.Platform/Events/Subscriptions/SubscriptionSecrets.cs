using System.Buffers.Text;
using System.Security.Cryptography;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.Subscriptions;

/// <summary>What of a subscription is secret: what it signs with, and the values of its headers. All of it is one secret in the store.</summary>
/// <param name="Secret">What deliveries are signed with.</param>
/// <param name="Previous">Signed with as well, for a while after a rotation; null: there is none.</param>
/// <param name="Headers">By name.</param>
public sealed record SubscriptionSecrets(string Secret, string? Previous, ObjectValue Headers)
{
    public const string DrawnPrefix = "whsec_";
    private const int DrawnBytes = 32;

    /// <summary>A new secret of 256 random bits.</summary>
    public static string Draw() => DrawnPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(DrawnBytes));

    /// <exception cref="ApiException">400: more than a secret may hold.</exception>
    public byte[] Packed()
    {
        var packed = JsonText.WriteBytes(new ObjectValue(3) { { "secret", Secret }, { "previous", Previous is null ? Value.Null : Previous }, { "headers", Headers } });
        return packed.Length <= ISecretStore.MaxBytes
            ? packed
            : throw ApiException.Validation("/headers", $"The secret and the headers have {packed.Length} bytes together; at most {ISecretStore.MaxBytes} are kept.");
    }

    public static SubscriptionSecrets Unpacked(ReadOnlySpan<byte> packed)
    {
        var stored = JsonText.Parse(packed);
        return new SubscriptionSecrets(stored["secret"].AsString!, stored["previous"].AsString, stored["headers"].AsObject!);
    }

    public override string ToString() => "the secrets of a subscription";
}
