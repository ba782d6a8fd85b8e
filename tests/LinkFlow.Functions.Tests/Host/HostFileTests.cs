using System.Text.Json;
using LinkFlow.Functions.Tests.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Tests.Host;

/// <summary>The two files that the Functions host reads, and no compiler does.</summary>
public sealed class HostFileTests
{
    [Fact]
    public void The_sample_settings_disable_exactly_the_functions_that_need_Service_Bus()
    {
        var disabled = Sample().EnumerateObject().Where(v => v.Name.EndsWith(".Disabled", StringComparison.Ordinal) && v.Value.GetString() == "true")
            .Select(v => v.Name["AzureWebJobs.".Length..^".Disabled".Length]);

        Assert.Equal(FunctionCatalogue.OfTheApp.With<ServiceBusTriggerAttribute>().Select(f => f.Function.Name).Order(StringComparer.Ordinal), disabled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_sample_settings_need_Azurite_and_nothing_else()
    {
        var sample = Sample();

        Assert.Equal("UseDevelopmentStorage=true", sample.GetProperty("AzureWebJobsStorage").GetString());
        Assert.Equal("AzureStorage", sample.GetProperty("AzureFunctionsJobHost__extensions__durableTask__storageProvider__type").GetString());
        Assert.DoesNotContain(sample.EnumerateObject(), v => v.Name.StartsWith("LinkFlow__Azure__", StringComparison.Ordinal) && v.Name.EndsWith("Endpoint", StringComparison.Ordinal));
    }

    [Fact]
    public void The_settings_of_the_sample_are_settings()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager();
        foreach (var value in Sample().EnumerateObject()) configuration[value.Name.Replace("__", ":", StringComparison.Ordinal)] = value.Value.GetString();

        var options = Platform.Settings.SettingsReader.Read(configuration);

        Assert.Equal(LinkFlow.Functions.Hosting.HostPorts.Local, LinkFlow.Functions.Hosting.PortChoice.Of(options.Azure, _ => null));
    }

    [Fact]
    public void What_is_shipped_names_the_scheduler_because_scaling_reads_only_the_file()
    {
        var durable = Read("host.json").GetProperty("extensions").GetProperty("durableTask");

        Assert.Equal("azureManaged", durable.GetProperty("storageProvider").GetProperty("type").GetString());
        Assert.Equal("", Read("host.json").GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        Assert.False(durable.GetProperty("extendedSessionsEnabled").GetBoolean());
    }

    [Fact]
    public void A_session_without_messages_gives_way_after_a_second()
    {
        var bus = Read("host.json").GetProperty("extensions").GetProperty("serviceBus");

        Assert.Equal("00:00:01", bus.GetProperty("sessionIdleTimeout").GetString());
        Assert.Equal(0, bus.GetProperty("prefetchCount").GetInt32());
        Assert.Equal(1, bus.GetProperty("maxConcurrentCallsPerSession").GetInt32());
        Assert.False(bus.GetProperty("autoCompleteMessages").GetBoolean());
    }

    private static JsonElement Sample() => Read("local.settings.sample.json").GetProperty("Values");

    private static JsonElement Read(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LinkFlow.sln"))) folder = folder.Parent;
        return JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.FullName, file))).RootElement;
    }
}
