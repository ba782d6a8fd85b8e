using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>The Functions host and its worker in this process: the whole app over its local stand-ins, its functions called through their attributes.</summary>
internal sealed class FunctionHost : IFunctionCode, IAsyncDisposable
{
    private readonly LocalStandIns _standIns;
    private readonly IHost _app;
    private readonly FunctionExecutionDelegate _pipeline;
    private readonly CancellationTokenSource _stopping = new();
    private IHost? _web;

    private FunctionHost(LocalStandIns standIns, IHost app)
    {
        _standIns = standIns;
        _app = app;
        Runtime = MakeRuntime(this, HostJson.Read().DefaultVersion);
        var middleware = app.Services.GetService<IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>>>() ?? [];
        _pipeline = middleware.Reverse().Aggregate((FunctionExecutionDelegate)RunAsync, (next, wrap) => wrap(next));
    }

    /// <summary>Makes what runs orchestrations: the tests' own runtime, or another one that is held against it.</summary>
    public static Func<IFunctionCode, string, ILiveRuntime> MakeRuntime { get; set; } = (code, version) => new LiveTaskHub(code, version);

    public ILiveRuntime Runtime { get; }
    public IServiceProvider Services => _app.Services;
    public TestServer Web => _web!.GetTestServer();

    /// <param name="change">The last word on the services.</param>
    public static async Task<FunctionHost> StartAsync(string folder, IReadOnlyDictionary<string, string> settings, Action<IServiceCollection>? change = null)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.Configuration.AddInMemoryCollection([new("LinkFlow:DataPath", folder)]);
        builder.Logging.ClearProviders();
        var options = SettingsReader.Read(builder.Configuration);
        FunctionApp.Configure(builder, options, HostPorts.Local);
        var standIns = await LocalStandIns.OpenAsync(options);
        standIns.AddTo(builder.Services, options);
        change?.Invoke(builder.Services);
        var host = new FunctionHost(standIns, builder.Build());
        await FunctionApp.PrepareAsync(host.Services, options, CancellationToken.None);
        await host._app.StartAsync();
        host._web = await HttpFunctions.StartAsync(FunctionCatalogue.OfTheApp, HostJson.Read().RoutePrefix, host.ServeAsync);
        return host;
    }

    /// <summary>Runs a timer's function once, as if it were due.</summary>
    public Task RunTimerAsync(string name, bool isPastDue = false)
        => InvokeAsync(FunctionCatalogue.OfTheApp[name], _ => new TimerInfo { IsPastDue = isPastDue }, CancellationToken.None);

    /// <summary>Runs a function outside of HTTP.</summary>
    /// <param name="extra">What the trigger binds besides, by type.</param>
    public async Task<object?> InvokeAsync(FunctionMethod function, Func<Type, object?> trigger, CancellationToken cancellationToken, Func<Type, object?>? extra = null)
    {
        await using var scope = Services.CreateAsyncScope();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await InvokeAsync(new InvocationContext(function.Name, scope.ServiceProvider, over.Token), function, trigger, extra);
    }

    public async Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context)
        => await FunctionCatalogue.OfTheApp[name].OrchestrateAsync(Services, context);

    public async Task<string?> RunActivityAsync(string name, string? input, string instanceId)
        => Runtime.Payloads.Serialize(await InvokeAsync(FunctionCatalogue.OfTheApp[name], type => Runtime.Payloads.Deserialize(input, type), CancellationToken.None));

    /// <summary>Stops as the platform stops an instance: invocations are told first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Runtime.DisposeAsync();
        if (_web is not null) await _web.StopAsync();
        _web?.Dispose();
        await _app.StopAsync();
        if (_app is IAsyncDisposable app) await app.DisposeAsync();
        _standIns.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync(FunctionMethod function, HttpContext http)
    {
        await using var scope = Services.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
        await InvokeAsync(new InvocationContext(function.Name, scope.ServiceProvider, over.Token, http), function, _ => http.Request, extra: null);
    }

    private async Task<object?> InvokeAsync(InvocationContext context, FunctionMethod function, Func<Type, object?> trigger, Func<Type, object?>? extra)
    {
        var invocation = new Invocation(() => function.InvokeAsync(context, trigger, Runtime.Client, extra));
        context.Features.Set(invocation);
        await _pipeline(context);
        return invocation.Result;
    }

    private static async Task RunAsync(FunctionContext context)
    {
        var invocation = context.Features.Get<Invocation>()!;
        invocation.Result = await invocation.Run();
    }

    private sealed record Invocation(Func<Task<object?>> Run)
    {
        public object? Result { get; set; }
    }
}
