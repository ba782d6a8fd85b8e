using LinkFlow.Platform.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Http;

/// <summary>Which function gets which request. The Functions host and the worker both choose by the templates, and must choose the same one.</summary>
public sealed class FunctionRouteTests
{
    /// <summary>They take what no other function does.</summary>
    private static readonly string[] Fallbacks = ["api", "site"];

    [Fact]
    public async Task Every_route_of_the_platform_is_reached_by_exactly_one_function_and_its_fallbacks()
    {
        await using var hosts = await TwoHosts.StartAsync();
        var routes = hosts.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText!).Where(r => r != "/metrics").Distinct().ToList();

        Assert.True(routes.Count > 60, $"{routes.Count} routes were found.");
        Assert.All(routes, route =>
        {
            var taking = Taking(Example(route)).Except(Fallbacks).ToList();
            Assert.True(taking.Count == 1, $"{route} is taken by {(taking.Count == 0 ? "a fallback only: give its resource a function" : string.Join(" and ", taking))}.");
        });
    }

    [Theory]
    [InlineData("/webhooks/orders", "webhooks")]
    [InlineData("/webhooks/a/b/c", "webhooks")]
    [InlineData("/webhooks-test/orders", "webhooks-test")]
    [InlineData("/resume/1/token", "resume")]
    [InlineData("/approvals/1/token", "approvals")]
    [InlineData("/health/ready", "health")]
    [InlineData("/openapi/v1.json", "openapi")]
    [InlineData("/.well-known/jwks.json", "well-known")]
    [InlineData("/api/v1/workflows", "workflows")]
    [InlineData("/api/v1/workflows/1/versions/2/restore", "workflows")]
    [InlineData("/api/v1/webhooks", "webhook-administration")]
    [InlineData("/api/v1/nothing", "api")]
    [InlineData("/api/v2/workflows", "api")]
    [InlineData("/metrics", "site")]
    [InlineData("/", "site")]
    public async Task A_path_goes_to_its_function(string path, string function)
    {
        await using var hosts = await TwoHosts.StartAsync();

        await hosts.Functions.Http.GetAsync(path);

        Assert.Equal([function], hosts.Functions.Invoked);
    }

    [Fact]
    public void No_two_functions_have_the_same_template()
    {
        var templates = HttpFunction.All.Select(f => f.Trigger.Route!.ToLowerInvariant()).ToList();

        Assert.Equal(templates.Distinct(), templates);
    }

    [Fact]
    public void Every_function_takes_every_method_so_that_the_platform_says_which_a_path_has() =>
        Assert.All(HttpFunction.All.Where(f => f.IsForwarded), f => Assert.Equal(WebhookPaths.Methods.Order(StringComparer.Ordinal), f.Methods.Order(StringComparer.Ordinal)));

    [Fact]
    public void No_template_begins_with_a_word_that_the_Functions_host_keeps_for_itself() =>
        Assert.DoesNotContain(HttpFunction.All, f => f.Trigger.Route!.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || f.Trigger.Route.StartsWith("runtime", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Requests_need_no_key_of_the_Functions_host() =>
        Assert.All(HttpFunction.All, f => Assert.Equal(Microsoft.Azure.Functions.Worker.AuthorizationLevel.Anonymous, f.Trigger.AuthLevel));

    private static IEnumerable<string> Taking(string path) =>
        HttpFunction.All.Where(f => new TemplateMatcher(TemplateParser.Parse(f.Trigger.Route!), []).TryMatch(new PathString(path), [])).Select(f => f.Name);

    private static string Example(string pattern) => string.Join('/', pattern.Split('/').Select(s => s.StartsWith('{') ? "x" : s.Replace("{documentName}", "v1", StringComparison.Ordinal)));
}
