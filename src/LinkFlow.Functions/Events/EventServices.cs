using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Events;

/// <summary>Puts events into the Function App.</summary>
internal static class EventServices
{
    /// <summary>What the functions are made of, whatever the bus is.</summary>
    public static IServiceCollection AddEventFunctions(this IServiceCollection services) => services.AddSingleton<EventMessages>().AddSingleton<EventConsumer>();

    /// <summary>Service Bus as the bus, and as the clock of outbound webhooks.</summary>
    public static IServiceCollection AddServiceBusEvents(this IServiceCollection services)
    {
        services.AddSingleton<ServiceBusEventBus>();
        services.AddSingleton<IEventBus>(s => s.GetRequiredService<ServiceBusEventBus>());
        services.AddSingleton<IOutboxPublisher>(s => s.GetRequiredService<ServiceBusEventBus>());
        services.AddSingleton<ServiceBusDeliveries>();
        services.AddSingleton<DeliveryRings>();
        return services;
    }
}
