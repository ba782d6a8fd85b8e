using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Platform.Webhooks.Authentication;

/// <summary>Compares secrets in a time that tells nothing of where they differ, nor of how long they are.</summary>
internal static class FixedTime
{
    public static bool Equal(string expected, string given)
    {
        Span<byte> left = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(expected, left);
        Hash(given, right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }

    private static void Hash(string text, Span<byte> hash)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        SHA256.HashData(bytes, hash);
        CryptographicOperations.ZeroMemory(bytes);
    }
}
