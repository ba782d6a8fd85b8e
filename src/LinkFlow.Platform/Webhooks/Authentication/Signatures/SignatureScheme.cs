using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace LinkFlow.Platform.Webhooks.Authentication.Signatures;

/// <summary>
/// How a sender signs what it sends: which headers hold the signature, what is signed, and what names a delivery when it is
/// sent again. All are HMAC-SHA256 in hexadecimal digits. Pure: it is given the time, and reads nothing but the request.
/// </summary>
internal abstract class SignatureScheme
{
    public const string Default = "linkflow";

    private static readonly SignatureScheme[] All = [new LinkFlowSignature(), new GitHubSignature(), new StripeSignature(), new SlackSignature()];

    /// <summary>The parameter's value.</summary>
    public abstract string Name { get; }

    /// <summary>The headers that prove the sender; withheld from the item.</summary>
    public abstract IReadOnlyList<string> Headers { get; }

    /// <returns>Null: there is no scheme of this name.</returns>
    public static SignatureScheme? Find(string name) => Array.Find(All, s => s.Name == name);

    /// <returns>The signature that was found right, in lower-case hexadecimal; null: none is.</returns>
    /// <param name="tolerance">How far a signed time may be from now, both ways.</param>
    public abstract string? Verify(SignedRequest request, ReadOnlySpan<byte> secret, DateTimeOffset now, TimeSpan tolerance);

    /// <summary>What the sender calls this delivery, the same when it sends it again.</summary>
    /// <returns>Null: the scheme has no such name, or the request bears none.</returns>
    public abstract string? DeliveryId(SignedRequest request);

    /// <summary>The value of a header that must be there once.</summary>
    protected static string? Only(StringValues values) => values.Count == 1 ? values[0] : null;

    /// <param name="prefix">What is signed before the body.</param>
    protected static byte[] Sign(ReadOnlySpan<byte> secret, string prefix, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(prefix));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    /// <summary>Compares in a time that tells nothing of where they differ.</summary>
    /// <returns>The signature in lower case; null: they differ, or it is none.</returns>
    protected static string? Match(ReadOnlySpan<byte> expected, ReadOnlySpan<char> given)
    {
        Span<byte> bytes = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (given.Length != bytes.Length * 2 || Convert.FromHexString(given, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return null;
        return CryptographicOperations.FixedTimeEquals(expected, bytes) ? Convert.ToHexStringLower(expected) : null;
    }

    /// <summary>True for Unix seconds, digits only, that are near enough.</summary>
    protected static bool IsNear(string? seconds, DateTimeOffset now, TimeSpan tolerance) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && Math.Abs((decimal)now.ToUnixTimeMilliseconds() / 1000 - time) <= (decimal)tolerance.TotalSeconds;

    /// <summary>A string at the top of a JSON body; null: there is none.</summary>
    protected static string? Named(ReadOnlyMemory<byte> body, string name)
    {
        try
        {
            return JsonText.Parse(body.Span)[name].AsString;
        }
        catch (JsonTextException)
        {
            // A form or text: such deliveries bear no name.
            return null;
        }
    }
}

/// <summary>What a scheme looks at.</summary>
internal readonly record struct SignedRequest(IHeaderDictionary Headers, ReadOnlyMemory<byte> Body);
