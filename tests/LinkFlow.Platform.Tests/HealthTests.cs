using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/startup")]
    [InlineData("/health/ready")]
    public async Task Health_needs_no_key(string path)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(200, (await platform.SendAsync("GET", path, null, key: "")).Status);
    }

    [Fact]
    public async Task Readiness_shows_dependencies_to_those_with_a_key_only()
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.True((await platform.SendAsync("GET", "/health/ready", null, key: "")).Body["dependencies"].IsUndefined);
        var dependencies = (await platform.GetAsync("/health/ready")).Body["dependencies"].AsArray!;
        Assert.All(dependencies, d => Assert.True(d["latencyMs"].IsNumber && d["status"].AsString == "up"));
    }

    [Fact]
    public async Task A_store_that_cannot_write_makes_it_unready_for_as_long_as_that_lasts()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Store.Fault = new StoreUnavailableException("full", TimeSpan.FromSeconds(1));
        var down = await platform.GetAsync("/health/ready");
        platform.Store.Fault = null;

        Assert.Equal(503, (await platform.GetAsync("/health/ready")).Status);
        platform.Clock.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal((503, 200), (down.Status, (await platform.GetAsync("/health/ready")).Status));
    }

    [Fact]
    public async Task Metrics_count_requests_by_route_and_status()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.GetAsync("/api/v1/workflows/none");

        var text = (await platform.GetAsync("/metrics")).Text;

        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/workflows/{id}\",status=\"404\"}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_need_their_permission_unless_they_are_anonymous()
    {
        await using var platform = await TestPlatform.StartAsync();
        await using var open = await TestPlatform.StartAsync(o => o.Metrics.Anonymous = true);
        var reader = await platform.KeyAsync("workflow:read");

        Assert.Equal(403, (await platform.SendAsync("GET", "/metrics", null, reader)).Status);
        Assert.Equal(200, (await platform.SendAsync("GET", "/metrics", null, await platform.KeyAsync("metrics:read"))).Status);
        Assert.Equal(200, (await open.SendAsync("GET", "/metrics", null, key: "")).Status);
    }
}
