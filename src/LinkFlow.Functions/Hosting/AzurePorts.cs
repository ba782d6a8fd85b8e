using Azure.Core;
using Azure.Messaging.ServiceBus;
using LinkFlow.Azure;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Hosting;

/// <summary>Azure's services behind the ports, all reached with one identity and no key.</summary>
internal static class AzurePorts
{
    public static void AddTo(IServiceCollection services, LinkFlowOptions options)
    {
        var credential = AzureServices.CredentialOf(options.Azure);
        services.AddSingleton(credential);
        services.AddLinkFlowAzure(options, credential);
        services.AddSingleton(_ => new ServiceBusClient(options.Azure.ServiceBusNamespace, credential));
    }
}
