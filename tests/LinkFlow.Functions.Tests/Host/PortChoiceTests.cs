using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Functions.Tests.Host;

public sealed class PortChoiceTests
{
    [Fact]
    public void With_nothing_named_stand_ins_are_used() => Assert.Equal(HostPorts.Local, PortChoice.Of(new AzureOptions(), _ => null));

    [Fact]
    public void With_all_services_named_they_are_used() => Assert.Equal(HostPorts.Azure, PortChoice.Of(Whole(), _ => "flows"));

    [Theory]
    [InlineData("CosmosEndpoint")]
    [InlineData("BlobEndpoint")]
    [InlineData("KeyVaultUri")]
    [InlineData("ServiceBusNamespace")]
    public void With_one_service_missing_it_is_named(string setting)
    {
        var options = Whole();
        typeof(AzureOptions).GetProperty(setting)!.SetValue(options, null);

        var refused = Assert.Throws<SettingsException>(() => PortChoice.Of(options, _ => null));

        Assert.StartsWith($"'LinkFlow:Azure:{setting}' is missing", Assert.Single(refused.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void With_one_service_named_each_of_the_others_is()
    {
        var refused = Assert.Throws<SettingsException>(() => PortChoice.Of(new AzureOptions { BlobEndpoint = "https://x.blob.core.windows.net" }, _ => null));

        Assert.Equal(3, refused.Problems.Count);
        Assert.All(refused.Problems, p => Assert.Contains("while 'LinkFlow:Azure:BlobEndpoint' is set", p, StringComparison.Ordinal));
    }

    [Fact]
    public void On_Azure_stand_ins_are_refused()
    {
        var refused = Assert.Throws<SettingsException>(() => PortChoice.Of(new AzureOptions(), name => name == "WEBSITE_SITE_NAME" ? "flows" : null));

        Assert.Equal(4, refused.Problems.Count);
        Assert.Contains("of no use on Azure, where 'flows' runs", refused.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_identity_for_nothing_is_refused() =>
        Assert.Contains("ClientId", Assert.Throws<SettingsException>(() => PortChoice.Of(new AzureOptions { ClientId = "1" }, _ => null)).Message, StringComparison.Ordinal);

    private static AzureOptions Whole() => new()
    {
        CosmosEndpoint = "https://x.documents.azure.com", BlobEndpoint = "https://x.blob.core.windows.net", KeyVaultUri = "https://x.vault.azure.net", ServiceBusNamespace = "x.servicebus.windows.net",
    };
}
