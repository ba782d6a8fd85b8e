using Azure.Core;
using Azure.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests;

public sealed class AzureServicesTests
{
    [Theory]
    [InlineData(typeof(IDocumentStore))]
    [InlineData(typeof(IOutbox))]
    [InlineData(typeof(IBlobStore))]
    [InlineData(typeof(IFileContents))]
    [InlineData(typeof(ISecretStore))]
    [InlineData(typeof(ILiveUpdates))]
    [InlineData(typeof(IStreamNegotiation))]
    public void Every_port_is_there_and_making_it_asks_for_nothing(Type port)
    {
        var options = new LinkFlowOptions { Azure = { CosmosEndpoint = "https://c.example/", BlobEndpoint = "https://b.example/", KeyVaultUri = "https://v.example/", WebPubSubEndpoint = "https://w.example/" } };
        var services = new ServiceCollection().AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddLinkFlowAzure(options, new NoCredential());

        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });

        Assert.NotNull(provider.GetRequiredService(port));
    }

    [Fact]
    public void The_identity_that_the_settings_name_is_used_and_else_whoever_is_signed_in()
    {
        Assert.IsType<ManagedIdentityCredential>(AzureServices.CredentialOf(new AzureOptions { ClientId = "1" }));
        Assert.IsType<DefaultAzureCredential>(AzureServices.CredentialOf(new AzureOptions()));
    }

    /// <summary>Fails whoever asks for a token.</summary>
    private sealed class NoCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new InvalidOperationException();
        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }
}
