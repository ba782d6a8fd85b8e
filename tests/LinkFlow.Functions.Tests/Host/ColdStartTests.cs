using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Metrics;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace LinkFlow.Functions.Tests.Host;

/// <summary>
/// What a start builds and loads before the first function can run. Counted, for times on a shared machine say little; a start
/// that comes to need more says so here.
/// </summary>
public sealed class ColdStartTests(ITestOutputHelper output)
{
    /// <summary>Of about 150 that are registered.</summary>
    private const int MostBuilt = 20;

    [Fact]
    public async Task A_start_builds_few_services()
    {
        var built = new HashSet<Type>();
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Logging.ClearProviders();
        FunctionApp.Configure(builder, TwoHosts.Options(), HostPorts.Local);
        TwoHosts.AddPorts(builder.Services);
        var ours = Watch(builder.Services, built);
        using var host = builder.Build();

        await FunctionApp.PrepareAsync(host.Services, TwoHosts.Options(), CancellationToken.None);

        output.WriteLine($"{ours} of our services are registered, {built.Count} were built: {string.Join(", ", built.Select(t => t.Name).Order(StringComparer.Ordinal))}");
        Assert.InRange(built.Count, 1, MostBuilt);
        Assert.DoesNotContain(typeof(PrometheusMetrics), built);
        Assert.DoesNotContain(typeof(Idempotency), built);
    }

    [Fact]
    public void Nothing_runs_by_itself_but_what_development_needs()
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        FunctionApp.Configure(builder, TwoHosts.Options(), HostPorts.Azure);

        Assert.DoesNotContain(builder.Services, s => s.ServiceType == typeof(IHostedService) && (s.ImplementationType ?? s.ImplementationFactory?.Method.DeclaringType)?.Assembly.GetName().Name?.StartsWith("LinkFlow", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Our_own_assemblies_are_small()
    {
        var folder = Path.GetDirectoryName(typeof(FunctionApp).Assembly.Location)!;
        var files = Directory.GetFiles(folder, "LinkFlow.*.dll").Where(f => !Path.GetFileName(f).Contains("Tests", StringComparison.Ordinal)).Select(f => new FileInfo(f)).ToList();

        output.WriteLine(string.Join('\n', files.Select(f => $"{f.Name} {f.Length:N0}")));
        Assert.InRange(files.Sum(f => f.Length), 1, 8 * 1024 * 1024);
    }

    /// <summary>Has every singleton of ours note that it was built.</summary>
    private static int Watch(IServiceCollection services, HashSet<Type> built)
    {
        var ours = 0;
        for (var i = 0; i < services.Count; i++)
        {
            var (service, at) = (services[i], i);
            if (service.IsKeyedService || service.ServiceType.IsGenericTypeDefinition || service.ServiceType.Assembly.GetName().Name?.StartsWith("LinkFlow", StringComparison.Ordinal) != true) continue;
            ours++;
            if (service.ImplementationInstance is not null) continue;
            Func<IServiceProvider, object> make = service.ImplementationFactory ?? (s => ActivatorUtilities.CreateInstance(s, service.ImplementationType!));
            services[at] = new ServiceDescriptor(service.ServiceType, s =>
            {
                lock (built) built.Add(service.ServiceType);
                return make(s);
            }, service.Lifetime);
        }

        return ours;
    }
}
