using LinkFlow.Functions.Orchestration.Activities;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Orchestration;

/// <summary>Puts what orchestrations and their activities are made of into the host.</summary>
public static class OrchestrationServices
{
    public static IServiceCollection AddOrchestrations(this IServiceCollection services) => services
        .AddSingleton<OrchestrationPlans>()
        .AddSingleton<ExecutionLoader>()
        .AddSingleton<BatchRunner>()
        .AddSingleton<HistoryUpkeep>()
        .AddSingleton<ChildActivities>();
}
