using LinkFlow.Platform.Ports;

namespace LinkFlow.Local.Sqlite;

/// <summary>
/// Whether the data folder is meant to be written. SQLite keeps its files open and would write on after a
/// folder was made read-only, so this looks at the modes before each group: two stats, a few microseconds.
/// </summary>
internal sealed class WriteAccess(params string[] paths)
{
    private const long RoomAfterFull = 256 << 10;

    /// <exception cref="StoreUnavailableException">A path is read-only or gone.</exception>
    public void Require()
    {
        foreach (var path in paths)
        {
            if (Refusal(path) is { } refusal) throw new StoreUnavailableException(refusal, TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>
    /// After the disk was full, writing goes on only once there is room for more than a few pages: else a small write
    /// would fit into what a larger one left half-used, and callers would be told by turns that it works and that it does not.
    /// </summary>
    /// <exception cref="StoreUnavailableException">There is less than <see cref="RoomAfterFull"/>.</exception>
    public void RequireRoom()
    {
        if (new DriveInfo(paths[0]).AvailableFreeSpace < RoomAfterFull)
            throw new StoreUnavailableException("The disk is full: nothing can be written until there is space again.", TimeSpan.FromSeconds(2));
    }

    private static string? Refusal(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows()) return File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly) && File.Exists(path) ? ReadOnly(path) : null;
            return File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserWrite) ? null : ReadOnly(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be reached: {e.Message}";
        }
    }

    private static string ReadOnly(string path) => $"'{path}' is read-only: nothing can be written until it is writable again.";
}
