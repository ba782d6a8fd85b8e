namespace LinkFlow.Local.Sqlite;

/// <summary>Ids in the store: a lower-case UUID takes 16 bytes in network order, so that bytes sort as the text does.</summary>
internal static class StoredId
{
    public const int Size = 16;

    /// <returns>False: the id is no lower-case UUID.</returns>
    public static bool TryWrite(string id, Span<byte> bytes) =>
        id.Length == 36 && !id.AsSpan().ContainsAnyInRange('A', 'F')
        && Guid.TryParseExact(id, "D", out var guid) && guid.TryWriteBytes(bytes, bigEndian: true, out _);

    public static string Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? new Guid(bytes, bigEndian: true).ToString("D") : Convert.ToHexStringLower(bytes);

    /// <summary>The smallest UUIDv7 that can be made in this millisecond.</summary>
    public static string FirstAt(long unixMilliseconds)
    {
        var time = Math.Clamp(unixMilliseconds, 0, (1L << 48) - 1);
        return $"{time >> 16:x8}-{time & 0xFFFF:x4}-7000-8000-000000000000";
    }
}
