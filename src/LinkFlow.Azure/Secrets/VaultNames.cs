using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Azure.Secrets;

/// <summary>
/// Names of secrets in the vault. It takes letters, digits and hyphens, at most 127, does not tell capitals from small letters, and writes them into its log: so a name is a hash of tenant and
/// name, from which neither can be read, and two tenants never share one.
/// </summary>
internal static class VaultNames
{
    public static string Of(string tenant, string name) => $"lf-{Hash(tenant, name)}";

    /// <summary>Of the key that seals a tenant's short-lived secrets; none of those above has this form.</summary>
    public static string OfSealingKey(string tenant) => $"lf-sealing-{Hash(tenant)}";

    /// <summary>True for what the vault gives out as the version of a secret; anything else is nothing's version, and would end in another address.</summary>
    public static bool IsVersion(string version) => version.Length == 32 && version.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static string Hash(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
