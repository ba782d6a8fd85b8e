using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Identity;
using Azure.Storage.Blobs;
using LinkFlow.Azure.Blobs;

namespace LinkFlow.Azure.Tests.Blobs;

/// <summary>
/// Blob Storage to test with: the emulator from npm, which is installed once, outside of the checkout, and runs as long as the tests that share it; or, when
/// LINKFLOW_TEST_BLOB_ENDPOINT names one, a real account, with whatever identity the environment offers.
/// </summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Package = "azurite@3.35.0";
    private const string Account = "devstoreaccount1";

    /// <summary>The emulator's own, published by its makers.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string? Real = Environment.GetEnvironmentVariable("LINKFLOW_TEST_BLOB_ENDPOINT");

    private Process? _process;
    private int _port;

    /// <param name="options">Of the test's own; with these it tries again at once, for what is tested is what it does, not how long it waits. Null: as in production.</param>
    public BlobServiceClient Open(BlobClientOptions? options = null)
    {
        var (given, isOwn) = (BlobCalls.Options(options), options is not null);
        if (isOwn) (given.Retry.Delay, given.Retry.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
        return Real is not null
            ? new BlobServiceClient(new Uri(Real), new DefaultAzureCredential(), given)
            : new BlobServiceClient($"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{_port}/{Account};", given);
    }

    public async Task InitializeAsync()
    {
        if (Real is not null) return;
        var folder = Install();
        _port = FreePort();
        var start = new ProcessStartInfo("node", [
            Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js"),
            "--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry", "--blobHost", "127.0.0.1", "--blobPort", $"{_port}",
        ]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        // Read, or it stops once the pipes are full.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilItAnswersAsync();
    }

    public async Task DisposeAsync()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilItAnswersAsync()
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if (_process!.HasExited) throw new InvalidOperationException($"Azurite ended with {_process.ExitCode}.");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException("Azurite did not answer within a minute.");
    }

    /// <summary>Other test processes may want the same at the same time.</summary>
    private static string Install()
    {
        var folder = Path.Combine(Path.GetTempPath(), "linkflow-" + Package.Replace('@', '-'));
        Directory.CreateDirectory(folder);
        using var taken = Lock(Path.Combine(folder, "lock"));
        var installed = Path.Combine(folder, "installed");
        if (File.Exists(installed)) return folder;
        using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel", "error", "--prefix", folder, Package])
        {
            WorkingDirectory = folder, RedirectStandardError = true,
        })!;
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm could not install {Package}: {errors}");
        File.WriteAllText(installed, "");
        return folder;
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The tests that share one emulator.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
