namespace LinkFlow.Local.Sqlite;

/// <summary>The folder with all data of one LinkFlow, which only one process at a time may have.</summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>How long a second process waits for one that is ending.</summary>
    public static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }
    public string DatabasePath => System.IO.Path.Combine(Path, "linkflow.db");
    public string BlobsPath => System.IO.Path.Combine(Path, "blobs");
    public string FilesPath => System.IO.Path.Combine(Path, "files");
    public string OwnerKeyPath => System.IO.Path.Combine(Path, "owner.key");
    public string MasterKeyPath => System.IO.Path.Combine(Path, "master.key");

    /// <summary>Creates the folder (mode 0700) if need be, and takes it.</summary>
    /// <param name="wait">How long to wait for another process to let go of it; null: 30 s.</param>
    /// <exception cref="DataFolderInUseException">Another process still has it after that time.</exception>
    /// <exception cref="IOException">It cannot be created or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created or written.</exception>
    public static async Task<DataFolder> OpenAsync(string path, TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(full);
        else Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var lockPath = System.IO.Path.Combine(full, "lock");
        var limit = wait ?? DefaultWait;
        for (var started = Environment.TickCount64; ; await Task.Delay(RetryInterval, cancellationToken))
        {
            if (TryLock(lockPath) is { } taken) return new DataFolder(full, taken);
            if (Environment.TickCount64 - started >= limit.TotalMilliseconds)
                throw new DataFolderInUseException($"Another LinkFlow uses the data folder '{full}', and did not end within {limit.TotalSeconds:0} seconds. Stop it, or choose another folder with LinkFlow:DataPath.");
        }
    }

    /// <summary>Lets the folder go. The operating system does so too when the process dies.</summary>
    public void Dispose() => _lock.Dispose();

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e, path))
        {
            return null;
        }
    }

    /// <summary>.NET has no exception of its own for a lock that another process holds; any other failure must not be waited for.</summary>
    private static bool IsHeld(IOException e, string path) =>
        e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && File.Exists(path) && !IsDiskFull(e);

    private static bool IsDiskFull(IOException e) => (e.HResult & 0xFFFF) is 28 or 112;
}

/// <summary>Another process has the data folder.</summary>
public sealed class DataFolderInUseException(string message) : Exception(message);
