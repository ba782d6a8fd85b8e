using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace LinkFlow.Engine.Expressions.Library.Strings.Digests;

/// <summary>Digests that no longer protect anything, and that other systems still ask for as keys and checksums.</summary>
[SuppressMessage("Security", "CA5350", Justification = "Workflows compare checksums with systems that use it.")]
[SuppressMessage("Security", "CA5351", Justification = "Workflows compare checksums with systems that use it.")]
internal static class Broken
{
    public static byte[] Md5(byte[] data) => MD5.HashData(data);
    public static byte[] Sha1(byte[] data) => SHA1.HashData(data);
}
