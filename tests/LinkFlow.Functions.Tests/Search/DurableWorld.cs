using LinkFlow.Engine.Nodes;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Records;
using LinkFlow.Functions.Tests.Hosting;
using LinkFlow.Functions.Tests.Records;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Tests;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Clock = LinkFlow.Scenarios.Contract.MovedClock;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>The Durable shell over documents in memory and the tests' task hub, everything driven by one seed. Processes die, what is stored stays.</summary>
internal sealed class DurableWorld : IFunctionCode, IAsyncDisposable
{
    public const string Tenant = "default";

    private readonly IWorkflowSource _workflows;
    private readonly NodeRegistry _nodes;
    private readonly Random _random;
    private readonly StoreDouble _store;
    private readonly MemoryBlobs _blobs = new();
    private readonly RuntimeClient _client;
    private readonly IDisposable _current;
    private ServiceProvider _process;
    private int _killsLeft;

    public DurableWorld(IWorkflowSource workflows, NodeRegistry nodes, RuntimeFaults faults, int kills, int seed)
    {
        _workflows = workflows;
        _nodes = nodes;
        _killsLeft = kills;
        _random = new Random(seed);
        Clock.Advance(TimeSpan.FromDays(20_000));
        _store = new StoreDouble(new MemoryDocumentStore(Clock));
        Hub = new TaskHub(this, Clock, faults, _random);
        Simulation = new Simulation(Hub, Clock, _random);
        _client = new RuntimeClient(Hub);
        _process = Begin();
        _current = _process.GetRequiredService<CurrentDurableClient>().Use(_client);
    }

    public Clock Clock { get; } = new();
    public TaskHub Hub { get; }
    public Simulation Simulation { get; }
    public IExecutionHistory History => _process.GetRequiredService<IExecutionHistory>();

    /// <summary>How often a process died.</summary>
    public int Kills { get; private set; }

    /// <summary>Starts it, and lets commands come in this order whenever the seed says so, until nothing moves any more.</summary>
    public async Task RunAsync(StartExecution start, IEnumerable<ExecutionCommand> commands)
    {
        await AtRiskAsync(() => _process.GetRequiredService<IExecutionRuntime>().StartAsync(start));
        foreach (var command in commands)
            Simulation.Outside.Enqueue(() => AtRiskAsync(() => _process.GetRequiredService<IExecutionRuntime>().SendAsync(Tenant, start.ExecutionId, command)));

        await Simulation.RunAsync();
        for (var sweeps = 0; sweeps < 5 && await History.FindAsync(Tenant, start.ExecutionId) is not { IsFinished: true }; sweeps++)
        {
            Clock.Advance(TimeSpan.FromMinutes(10));
            await _process.GetRequiredService<RecordSweep>().RunAsync(Tenant, CancellationToken.None);
            await Simulation.RunAsync();
        }
    }

    public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) => FunctionCatalogue.OfTheApp[name].OrchestrateAsync(_process, context);

    public async Task<string?> RunActivityAsync(string name, string? input, string instanceId)
    {
        string? output = null;
        if (_killsLeft > 0 && _random.Next(6) == 0) _store.DieAt(_random.Next(6), afterEffect: _random.Next(2) == 0);
        try
        {
            var context = new InvocationContext(name, _process, CancellationToken.None);
            output = Hub.Payloads.Serialize(await FunctionCatalogue.OfTheApp[name].InvokeAsync(context, type => Hub.Payloads.Deserialize(input, type), _client));
        }
        catch (KilledException)
        {
            // Seen below, as whoever hid it is.
        }

        return await HasDiedAsync() ? throw new ProcessKilledException($"It died in {name}.") : output;
    }

    public async ValueTask DisposeAsync()
    {
        _current.Dispose();
        await _process.DisposeAsync();
    }

    /// <summary>Something from outside that may find the process dying; its caller tries once more, as callers do.</summary>
    private async Task AtRiskAsync(Func<Task> call)
    {
        if (_killsLeft > 0 && _random.Next(4) == 0) _store.DieAt(_random.Next(8), afterEffect: _random.Next(2) == 0);
        try
        {
            await call();
        }
        catch (KilledException)
        {
            await HasDiedAsync();
            await call();
        }

        await HasDiedAsync();
    }

    private async Task<bool> HasDiedAsync()
    {
        if (!_store.Revive()) return false;
        _killsLeft--;
        Kills++;
        await _process.DisposeAsync();
        _process = Begin();
        return true;
    }

    private ServiceProvider Begin()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IDocumentStore>(_store);
        services.AddSingleton<IBlobStore>(_blobs);
        services.AddSingleton(_workflows);
        services.AddSingleton(_nodes);
        services.AddSingleton<CurrentDurableClient>();
        services.AddDurableExecutions(new LinkFlowOptions());
        return services.BuildServiceProvider();
    }
}
