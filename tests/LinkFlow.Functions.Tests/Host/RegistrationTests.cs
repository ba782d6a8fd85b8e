using System.Reflection;
using Azure.Messaging.ServiceBus;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Platform.Settings;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LinkFlow.Functions.Tests.Host;

/// <summary>What every function needs is registered, also where no test can run it.</summary>
public sealed class RegistrationTests
{
    [Fact]
    public void With_Azures_services_every_function_can_be_made()
    {
        var options = TwoHosts.Options(o => o.Azure = new AzureOptions
        {
            CosmosEndpoint = "https://x.documents.azure.com", BlobEndpoint = "https://x.blob.core.windows.net", KeyVaultUri = "https://x.vault.azure.net", ServiceBusNamespace = "x.servicebus.windows.net",
        });
        var builder = FunctionsApplication.CreateBuilder([]);
        FunctionApp.Configure(builder, options, HostPorts.Azure);
        AzurePorts.AddTo(builder.Services, options);
        builder.Services.AddSingleton<ServiceBusClient>(new NoBroker());
        using var host = builder.Build();

        var types = typeof(FunctionApp).Assembly.GetTypes().Where(t => t.GetMethods().Any(m => m.GetCustomAttribute<FunctionAttribute>() is not null) && !t.IsAbstract).ToList();

        Assert.True(types.Count > 8, $"{types.Count} classes of functions were found.");
        Assert.All(types, t => Assert.NotNull(ActivatorUtilities.CreateInstance(host.Services, t)));
    }

    /// <summary>Sends nothing.</summary>
    private sealed class NoBroker : ServiceBusClient;
}
