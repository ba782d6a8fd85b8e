using Azure.Core;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Hosting;

/// <summary>Azure's services behind the ports, all reached with one identity and no key.</summary>
internal static class AzurePorts
{
    public static void AddTo(IServiceCollection services, LinkFlowOptions options)
    {
        var credential = CredentialOf(options.Azure);
        services.AddSingleton(credential);
        services.AddSingleton(_ => new ServiceBusClient(options.Azure.ServiceBusNamespace, credential));
    }

    /// <summary>On Azure the identity that is named, for looking for others costs a cold start seconds; on a developer's machine whatever they are signed in with.</summary>
    public static TokenCredential CredentialOf(AzureOptions options) => options.ClientId is { } id
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id))
        : new DefaultAzureCredential();
}
