using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Tests.Http;

/// <summary>
/// The application behind a web server in memory that does what the worker's does: it routes by the functions' attributes,
/// leaves its endpoint and route values on the context, gives the request a scope of the application's services and invokes.
/// </summary>
internal sealed class FunctionsWeb : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly WebApplication _front;

    private FunctionsWeb(IHost host, WebApplication front) => (_host, _front) = (host, front);

    public IServiceProvider Services => _host.Services;
    public HttpClient Http => field ??= _front.GetTestClient();

    /// <summary>The functions' cancellation token: cancelled when the Functions host gives an invocation up.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>What a function threw.</summary>
    public List<Exception> Thrown { get; } = [];

    /// <summary>Functions by name, as they were invoked.</summary>
    public List<string> Invoked { get; } = [];

    /// <param name="ports">Registers where things are kept and what runs executions.</param>
    /// <param name="client">Bound to the functions that ask for one.</param>
    public static async Task<FunctionsWeb> StartAsync(
        LinkFlowOptions options, Action<IServiceCollection> ports, DurableTaskClient? client = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) builder.Configuration[name] = value;
        builder.Logging.ClearProviders();
        FunctionApp.Configure(builder, options, HostPorts.Local);
        ports(builder.Services);
        var host = builder.Build();
        await FunctionApp.PrepareAsync(host.Services, options, CancellationToken.None);

        var front = WebApplication.CreateSlimBuilder();
        front.WebHost.UseTestServer();
        front.Logging.ClearProviders();
        var app = front.Build();
        var web = new FunctionsWeb(host, app);
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            foreach (var function in HttpFunction.All)
            {
                var endpoint = new RouteEndpointBuilder(c => web.InvokeAsync(function, c, client!), function.Pattern, order: 0) { DisplayName = function.Name };
                endpoint.Metadata.Add(new HttpMethodMetadata(function.Methods));
                endpoints.DataSources.Add(new DefaultEndpointDataSource(endpoint.Build()));
            }
        });
        await app.StartAsync();
        return web;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Stopping.Dispose();
        await _front.DisposeAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
        else _host.Dispose();
    }

    private async Task InvokeAsync(HttpFunction function, HttpContext context, DurableTaskClient client)
    {
        await using var scope = Services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        lock (Invoked) Invoked.Add(function.Name);
        try
        {
            await function.InvokeAsync(scope.ServiceProvider, context, client, Stopping.Token);
        }
        catch (Exception e)
        {
            lock (Thrown) Thrown.Add(e);
            throw;
        }
    }
}
