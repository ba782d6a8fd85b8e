using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace LinkFlow.Benchmarks;

/// <summary>A server in a process of its own, so that its time and memory are its own; killed when disposed.</summary>
internal sealed class ChildServer : IDisposable
{
    public const string OwnerKey = "benchmark-owner-key-0123456789-abcdef";

    private readonly Process _process;

    private ChildServer(Process process, int port)
    {
        _process = process;
        Port = port;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(5) };
        Http.DefaultRequestHeaders.Add("X-API-Key", OwnerKey);
    }

    public int Port { get; }
    public HttpClient Http { get; }

    /// <summary>The resident set of the process.</summary>
    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>Starts LinkFlow.Server on a data folder; returns when it is ready.</summary>
    /// <returns>The server, and the time from the start of the process to the first 200 of <c>/health/ready</c>.</returns>
    public static async Task<(ChildServer Server, TimeSpan Ready)> StartLinkFlowAsync(string dataFolder, params (string Name, string Value)[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "LinkFlow.Server.dll"));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add($"http://127.0.0.1:{port}");
        start.Environment["LinkFlow__DataPath"] = dataFolder;
        start.Environment["LinkFlow__OwnerApiKey"] = OwnerKey;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return await StartAsync(start, port, "/health/ready");
    }

    /// <summary>Starts a baseline of this program's own: <c>empty</c> or <c>row</c>.</summary>
    public static Task<(ChildServer Server, TimeSpan Ready)> StartBaselineAsync(string name, string dataFolder)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "LinkFlow.Benchmarks.dll"), "baseline", name, dataFolder, port.ToString()]) start.ArgumentList.Add(argument);
        return StartAsync(start, port, "/");
    }

    /// <summary>Starts the Node.js baseline: answers after one fdatasync per group of requests.</summary>
    public static Task<(ChildServer Server, TimeSpan Ready)> StartNodeAsync(string dataFolder)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "baseline.mjs"), dataFolder, port.ToString()]) start.ArgumentList.Add(argument);
        return StartAsync(start, port, "/");
    }

    public async Task<string> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? body : throw new InvalidOperationException($"{method} {path} answered {(int)response.StatusCode}: {body}");
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<(ChildServer Server, TimeSpan Ready)> StartAsync(ProcessStartInfo start, int port, string readyPath)
    {
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => output.AppendLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ChildServer(process, port);
        while (watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (process.HasExited) break;
            try
            {
                using var answer = await server.Http.GetAsync(new Uri(readyPath, UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK) return (server, watch.Elapsed);
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(5);
        }

        server.Dispose();
        throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} did not become ready:\n{output}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
