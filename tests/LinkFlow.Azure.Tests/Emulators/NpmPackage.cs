using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LinkFlow.Azure.Tests.Emulators;

/// <summary>An emulator from npm: installed once, outside of the checkout, and started on a free port.</summary>
internal static class NpmPackage
{
    /// <summary>Other test processes may want the same at the same time.</summary>
    /// <param name="package">Its name and version.</param>
    /// <returns>The folder that has it in node_modules.</returns>
    public static string Install(string package)
    {
        var folder = Path.Combine(Path.GetTempPath(), "linkflow-" + package.TrimStart('@').Replace('@', '-').Replace('/', '-'));
        Directory.CreateDirectory(folder);
        using var taken = Lock(Path.Combine(folder, "lock"));
        var installed = Path.Combine(folder, "installed");
        if (File.Exists(installed)) return folder;
        using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel", "error", "--prefix", folder, package])
        {
            WorkingDirectory = folder, RedirectStandardError = true,
        })!;
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm could not install {package}: {errors}");
        File.WriteAllText(installed, "");
        return folder;
    }

    /// <summary>Runs a script of a package until <see cref="StopAsync"/>, and returns when it listens.</summary>
    public static async Task<Process> StartAsync(string folder, int port, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        // Read, or it stops once the pipes are full.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var tries = 0; tries < 600; tries++)
        {
            if (process.HasExited) throw new InvalidOperationException($"'{arguments[0]}' ended with {process.ExitCode}.");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return process;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException($"'{arguments[0]}' did not answer within a minute.");
    }

    public static async Task StopAsync(Process? process)
    {
        if (process is null) return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
