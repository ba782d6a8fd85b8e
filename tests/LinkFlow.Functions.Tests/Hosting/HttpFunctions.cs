using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>
/// The worker's HTTP pipeline: one endpoint for each function by its route and methods, without an order, matched before the function runs.
/// What matches no function never reaches the app.
/// </summary>
internal static class HttpFunctions
{
    private static readonly string[] Reserved = ["admin", "runtime", "administration"];

    /// <exception cref="InvalidOperationException">A route is one that the host keeps for itself.</exception>
    public static async Task<IHost> StartAsync(FunctionCatalogue functions, string routePrefix, Func<FunctionMethod, HttpContext, Task> invoke)
    {
        var host = new HostBuilder()
            .ConfigureWebHost(web => web
                .UseTestServer()
                .ConfigureServices(services => services.AddRouting())
                .Configure(app => app
                    .UseRouting()
                    .UseEndpoints(endpoints => endpoints.DataSources.Add(new DefaultEndpointDataSource(
                        functions.With<HttpTriggerAttribute>().Select(f => EndpointOf(f.Function, f.Trigger, routePrefix, invoke)))))))
            .Build();
        await host.StartAsync();
        return host;
    }

    private static Endpoint EndpointOf(FunctionMethod function, HttpTriggerAttribute trigger, string prefix, Func<FunctionMethod, HttpContext, Task> invoke)
    {
        var route = string.IsNullOrEmpty(trigger.Route) ? function.Name : trigger.Route;
        if (Reserved.Any(r => route.StartsWith(r, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidOperationException($"The function '{function.Name}' has the route '{route}'; routes that begin with {string.Join(", ", Reserved)} are the host's.");
        var endpoint = new RouteEndpointBuilder(context => invoke(function, context), RoutePatternFactory.Parse($"{prefix}/{route}".TrimStart('/')), order: 0) { DisplayName = function.Name };
        if (trigger.Methods is { Length: > 0 } methods) endpoint.Metadata.Add(new HttpMethodMetadata(methods));
        return endpoint.Build();
    }
}
