using System.Diagnostics;
using LinkFlow.Local.Sqlite;

namespace LinkFlow.Local.Tests.Sqlite;

/// <summary>A disk of a few megabytes that can be filled: a tmpfs where one may be mounted, else a limit on the database's pages.</summary>
internal sealed class TestDisk : IDisposable
{
    private SqliteWriter? _writer;

    private TestDisk(string path, bool isMounted)
    {
        Path = path;
        IsMounted = isMounted;
    }

    public string Path { get; }

    /// <summary>True: it is a disk of its own; false: only the database is limited.</summary>
    public bool IsMounted { get; }
    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static TestDisk Create()
    {
        var path = Directory.CreateTempSubdirectory("linkflow-disk-").FullName;
        return new TestDisk(path, OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", path));
    }

    /// <summary>Leaves no room for more than a few pages.</summary>
    public async Task FillAsync(SqliteWriter writer)
    {
        _writer = writer;
        if (!IsMounted)
        {
            await writer.WriteAsync(session => session.QueryNumber("PRAGMA max_page_count=1"));
            return;
        }

        try
        {
            await using var ballast = File.Create(Ballast);
            while (true) ballast.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public async Task FreeAsync()
    {
        if (IsMounted) File.Delete(Ballast);
        else await _writer!.WriteAsync(session => session.QueryNumber("PRAGMA max_page_count=1000000"));
    }

    public void Dispose()
    {
        if (IsMounted) Run("umount", "-l", Path);
        Directory.Delete(Path, recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
