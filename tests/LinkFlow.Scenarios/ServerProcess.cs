using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios;

/// <summary>The built server as a process of its own, so that it can be killed like one.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>The owner's key of every server that the tests start.</summary>
    public const string OwnerKey = "scenario-owner-key-0123456789-abcdefgh";

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServerProcess(ProcessStartInfo start, int port)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(100) };
        Http.DefaultRequestHeaders.Add("X-API-Key", OwnerKey);
    }

    /// <summary>Sends the owner's key with every request.</summary>
    public HttpClient Http { get; }
    public int ProcessId => _process.Id;
    public bool HasExited => _process.HasExited;
    public int ExitCode => _process.ExitCode;

    /// <summary>All that it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts the server on a data folder and a free port; returns once <paramref name="readyPath"/> answers 200.</summary>
    public static async Task<ServerProcess> StartAsync(string dataFolder, IReadOnlyDictionary<string, string>? settings = null, string readyPath = "/health/ready")
    {
        var server = Launch(dataFolder, settings);
        await server.ReadyAsync(readyPath);
        return server;
    }

    /// <exception cref="InvalidOperationException">It ended, or did not answer 200 within a minute; says what it printed.</exception>
    public async Task ReadyAsync(string path = "/health/ready")
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60) && !HasExited;)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(10);
        }

        await DisposeAsync();
        throw new InvalidOperationException($"The server did not become ready. It printed:\n{Output}");
    }

    /// <summary>Starts the server without waiting for it.</summary>
    public static ServerProcess Launch(string dataFolder, IReadOnlyDictionary<string, string>? settings = null)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "LinkFlow.Server.dll"));
        start.ArgumentList.Add("--urls");
        start.ArgumentList.Add($"http://127.0.0.1:{port}");
        start.Environment["LinkFlow__DataPath"] = dataFolder;
        start.Environment["LinkFlow__OwnerApiKey"] = OwnerKey;
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new ServerProcess(start, port);
    }

    /// <summary>kill -9; returns when it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task StopAsync(TimeSpan within)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await kill.WaitForExitAsync();
        using var timeout = new CancellationTokenSource(within);
        await _process.WaitForExitAsync(timeout.Token);
    }

    /// <returns>The answer's body; undefined where there is none.</returns>
    /// <exception cref="InvalidOperationException">The answer was no 2xx.</exception>
    public async Task<Value> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await Http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{method} {path} answered {(int)answer.StatusCode}: {body}");
        return body.Length == 0 ? Value.Undefined : JsonText.Parse(body);
    }

    /// <summary>The workflow's newest execution, once it has ended.</summary>
    public async Task<Value> FinishedAsync(string workflowId)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(60);)
        {
            var newest = (await SendAsync(HttpMethod.Get, $"/api/v1/executions?workflowId={workflowId}&limit=1"))["items"].AsArray!;
            if (newest.Count == 1 && newest[0]["finishedAt"].IsString) return newest[0];
            await Task.Delay(20);
        }

        throw new TimeoutException($"The newest execution of {workflowId} did not end within a minute. The server printed:\n{Output}");
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
