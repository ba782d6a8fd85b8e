using System.Text;

namespace LinkFlow.Server;

/// <summary>The file in the data folder that holds the owner's key, readable by the owner of the process only.</summary>
internal sealed class OwnerKeyFile(string path)
{
    public string Path { get; } = path;
    public bool Exists => File.Exists(Path);

    /// <summary>Durable when it returns. Replaces what a first start left that did not get to its end.</summary>
    public async Task WriteAsync(string key, CancellationToken cancellationToken)
    {
        File.Delete(Path);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(Path, how);
        await file.WriteAsync(Encoding.ASCII.GetBytes(key), cancellationToken);
        file.Flush(flushToDisk: true);
    }
}
