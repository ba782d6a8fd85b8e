using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests;

/// <summary>Two hosts over one store: what one of them changes, the other sees soon, although it keeps things in memory.</summary>
public sealed class OtherHostsTests : IAsyncLifetime
{
    private const string Workflow = """{"name":"w","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"orders"}}],"connections":[]}""";

    private TestPlatform _one = null!;
    private TestPlatform _other = null!;

    public async Task InitializeAsync()
    {
        _one = await TestPlatform.StartAsync();
        _other = await TestPlatform.StartAsync(services: s => s.AddSingleton<IDocumentStore>(_one.Store).AddSingleton<TimeProvider>(_one.Clock).AddSingleton(OtherHosts.Default));
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task A_key_that_one_host_revokes_opens_the_other_for_seconds_only()
    {
        var made = await _one.PostAsync("/api/v1/api-keys", """{"name":"ci","scopes":["workflow:read"]}""");
        var key = made.Body["key"].AsString!;
        Assert.Equal(200, (await _other.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
        await _one.SendAsync("DELETE", $"/api/v1/api-keys/{made.Body["id"].AsString}");

        _one.Clock.Advance(OtherHosts.Default.UnseenFor);

        Assert.Equal(401, (await _other.SendAsync("GET", "/api/v1/workflows", null, key)).Status);
    }

    [Fact]
    public async Task A_key_that_is_not_revoked_is_looked_up_now_and_then_and_works_on()
    {
        for (var i = 0; i < 5; i++, _one.Clock.Advance(OtherHosts.Default.UnseenFor))
            Assert.Equal(200, (await _other.SendAsync("GET", "/api/v1/workflows")).Status);
    }

    [Fact]
    public async Task A_webhook_that_one_host_registers_is_found_by_the_other_after_a_second()
    {
        Assert.Equal(404, (await _other.SendAsync("POST", "/webhooks/orders", "{}")).Status);
        await ActivateAsync();

        _one.Clock.Advance(OtherHosts.Default.MissedFor);

        Assert.Equal(200, (await _other.SendAsync("POST", "/webhooks/orders", "{}")).Status);
    }

    [Fact]
    public async Task A_webhook_that_one_host_removes_is_gone_from_the_other_within_seconds()
    {
        var id = await ActivateAsync();
        Assert.Equal(200, (await _other.SendAsync("POST", "/webhooks/orders", "{}")).Status);
        await _one.PostAsync($"/api/v1/workflows/{id}/deactivate", "");

        _one.Clock.Advance(OtherHosts.Default.UnseenFor);

        Assert.Equal(404, (await _other.SendAsync("POST", "/webhooks/orders", "{}")).Status);
    }

    [Fact]
    public async Task A_host_that_is_alone_looks_nothing_up_again()
    {
        await ActivateAsync();
        await _one.SendAsync("POST", "/webhooks/orders", "{}");
        var loads = _one.Services.GetRequiredService<LinkFlow.Platform.Webhooks.WebhookDirectory>();
        var table = await loads.GetAsync("default", CancellationToken.None);

        _one.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Same(table, await loads.LookAgainAsync("default", CancellationToken.None));
    }

    private async Task<string> ActivateAsync()
    {
        var saved = await _one.PostAsync("/api/v1/workflows", Workflow);
        var id = saved.Body["id"].AsString!;
        Assert.Equal(200, (await _one.PostAsync($"/api/v1/workflows/{id}/activate", "")).Status);
        return id;
    }
}
