using LinkFlow.Scenarios.Contract;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>One orchestrator, activities by name, and the runtime over them, driven by a seed.</summary>
internal sealed class Stage : IFunctionCode
{
    private readonly Dictionary<string, Func<string?, object?>> _activities = [];
    private readonly Func<TaskOrchestrationContext, Task<object?>> _orchestrator;

    public Stage(Func<TaskOrchestrationContext, Task<object?>> orchestrator, RuntimeFaults? faults = null, int seed = 1)
    {
        _orchestrator = orchestrator;
        var random = new Random(seed);
        Clock.Advance(TimeSpan.FromDays(20_000));
        Hub = new TaskHub(this, Clock, faults ?? RuntimeFaults.None, random);
        Simulation = new Simulation(Hub, Clock, random);
        Client = new RuntimeClient(Hub);
    }

    public MovedClock Clock { get; } = new();
    public TaskHub Hub { get; }
    public Simulation Simulation { get; }
    public DurableTaskClient Client { get; }
    public List<string> Ran { get; } = [];

    public Stage With(string activity, Func<string?, object?> body)
    {
        _activities[activity] = body;
        return this;
    }

    public async Task<OrchestrationMetadata> StartAsync(object? input = null, string id = "i")
    {
        await Client.ScheduleNewOrchestrationInstanceAsync("main", input, new StartOrchestrationOptions(id));
        return await ContinueAsync(id);
    }

    public async Task<OrchestrationMetadata> ContinueAsync(string id = "i")
    {
        await Simulation.RunAsync();
        return (await Client.GetInstanceAsync(id, getInputsAndOutputs: true))!;
    }

    public Task<object?> RunOrchestratorAsync(string name, TaskOrchestrationContext context) => _orchestrator(context);

    public Task<string?> RunActivityAsync(string name, string? input, string instanceId)
    {
        Ran.Add(name);
        return Task.FromResult(Hub.Payloads.Serialize(_activities[name](input)));
    }
}
