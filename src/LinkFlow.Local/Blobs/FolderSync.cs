using System.Runtime.InteropServices;
using System.Text;

namespace LinkFlow.Local.Blobs;

/// <summary>Makes a folder's entries durable: after a crash of the machine a new or renamed file is found there.</summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The folder could not be synced.</exception>
    public static void Sync(string folder)
    {
        // Windows keeps folder entries in its journal, and has no call for this.
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (descriptor < 0) throw Failed("opened", folder);
        try
        {
            if (Fsync(descriptor) != 0) throw Failed("synced", folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string what, string folder) =>
        new($"The folder '{folder}' could not be {what}: {Marshal.GetLastPInvokeErrorMessage()}.");

    // Not LibraryImport: the coverage collector trips over what that generates, and then leaves the whole project out.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
