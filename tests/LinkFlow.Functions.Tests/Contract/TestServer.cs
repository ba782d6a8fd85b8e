using LinkFlow.Functions.Tests.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The whole Function App in this process, with the surface of the server's double of this name: the same scenarios run against both.</summary>
public sealed class TestServer : IContractServer, IDisposable, IAsyncDisposable
{
    private const string OwnerKey = "scenario-owner-key-0123456789-abcdefgh";

    /// <summary>Timers are a minute and more apart; whoever waits for one in a test does not wait for that.</summary>
    private static readonly TimeSpan BetweenTimers = TimeSpan.FromMilliseconds(250);

    private readonly string _folder = Directory.CreateTempSubdirectory("linkflow-contract-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<FunctionHost> _host;
    private Task _timers = Task.CompletedTask;

    public TestServer() => _host = new Lazy<FunctionHost>(Start);

    /// <summary>By name, as <c>LinkFlow:Environment</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What the app's own services are replaced with.</summary>
    public Action<IServiceCollection> Replaced { get; init; } = _ => { };

    public HttpClient Http => field ??= CreateOwner();
    public IServiceProvider Services => _host.Value.Services;
    public Microsoft.AspNetCore.TestHost.TestServer Server => _host.Value.Web;

    public HttpClient CreateClient() => Server.CreateClient();

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <exception cref="InvalidOperationException">The app did something that the real runtime does not forgive.</exception>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        await _timers;
        if (!_host.IsValueCreated) return;
        await _host.Value.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        if (_host.Value.Runtime.Violations is { Count: > 0 } violations) throw new InvalidOperationException(string.Join('\n', violations));
    }

    private FunctionHost Start()
    {
        var settings = new Dictionary<string, string>(Settings) { ["LinkFlow:OwnerApiKey"] = OwnerKey };
        var host = Task.Run(() => FunctionHost.StartAsync(_folder, settings, Replaced)).GetAwaiter().GetResult();
        _timers = Task.Run(() => RunTimersAsync(host));
        return host;
    }

    private async Task RunTimersAsync(FunctionHost host)
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var (function, _) in FunctionCatalogue.OfTheApp.With<TimerTriggerAttribute>()) await host.RunTimerAsync(function.Name);
            await Task.Delay(BetweenTimers, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private HttpClient CreateOwner()
    {
        var http = CreateClient();
        http.DefaultRequestHeaders.Add("X-API-Key", OwnerKey);
        return http;
    }
}
