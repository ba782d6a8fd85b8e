using LinkFlow.Engine.Nodes;
using LinkFlow.Functions.Express;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Orchestration;
using LinkFlow.Local;
using LinkFlow.Local.Journal.Actors;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Records;

/// <summary>Puts executions on Durable Functions into a host: the runtime and history ports, the orchestrator, and what the timers call.</summary>
public static class DurableServices
{
    public static IServiceCollection AddDurableExecutions(this IServiceCollection services, LinkFlowOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CurrentDurableClient>();
        services.AddSingleton(new DurableLimits
        {
            UnmatchedSignals = options.Limits.UnmatchedSignals, RunningExecutions = options.Limits.RunningExecutions, Depth = options.Limits.SubworkflowDepth, Retention = TimeSpan.FromDays(options.Retention.Days),
        });
        services.AddSingleton(s => new ExecutionHost
        {
            Clock = s.GetRequiredService<TimeProvider>(),
            Workflows = new PlannedWorkflows(s.GetRequiredService<IWorkflowSource>(), s.GetRequiredService<NodeRegistry>()),
            Blobs = s.GetRequiredService<IBlobStore>(),
            Services = s,
            EnvironmentName = options.Environment,
            Expressions = options.Limits.OfExpressions(),
            Options = LocalServices.JournalLimits(options),
            Watch = s.GetRequiredService<ExecutionWatch>(),
            Log = s.GetRequiredService<ILogger<ExpressExecutions>>(),
        });
        services.AddSingleton<RunningHost>(s => s.GetRequiredService<ExecutionHost>());
        services.AddSingleton<ExpressExecutions>();
        services.AddSingleton<ExecutionWatch>();
        services.AddSingleton<RecordMetrics>();
        services.AddSingleton<LifecycleEvents>();
        services.AddSingleton<ExecutionRecords>();
        services.AddSingleton<InstanceInputs>();
        services.AddSingleton<InstanceInput>(s => s.GetRequiredService<InstanceInputs>().MakeAsync);
        services.AddSingleton<ExecutionInstances>();
        services.AddSingleton<WorkflowTurns>();
        services.AddSingleton<StartRelay>();
        services.AddSingleton<News>();
        services.AddSingleton<ExecutionCommits>();
        services.AddSingleton<RecordDeletion>();
        services.AddSingleton<DurableHistory>();
        services.AddSingleton<Answers>();
        services.AddSingleton(s => new DurableRuntime(
            s.GetRequiredService<ExecutionRecords>(), s.GetRequiredService<StartRelay>(), s.GetRequiredService<ExecutionInstances>(), s.GetRequiredService<Answers>(),
            s.GetRequiredService<ExpressExecutions>(), s.GetRequiredService<RunningHost>(), s.GetRequiredService<DurableLimits>()));
        services.AddSingleton<RecordSweep>();
        services.AddSingleton<RecordRetention>();
        services.AddSingleton<IExecutionHistory>(s => s.GetRequiredService<DurableHistory>());
        services.AddSingleton<IExecutionRuntime>(s => s.GetRequiredService<DurableRuntime>());
        return services.AddOrchestrations();
    }
}
