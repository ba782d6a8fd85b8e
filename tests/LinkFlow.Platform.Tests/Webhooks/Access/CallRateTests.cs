using System.Net;
using LinkFlow.Platform.Webhooks.Access;

namespace LinkFlow.Platform.Tests.Webhooks.Access;

/// <summary>A webhook's <c>rateLimit</c>. One call a minute, so that no slow machine lets a second one through.</summary>
public sealed class CallRateTests
{
    [Fact]
    public async Task Calls_beyond_the_rate_of_a_path_are_429_whoever_calls()
    {
        await using var platform = await CallingPlatform.StartAsync();
        var (path, other) = (await platform.HookAsync(""","rateLimit":{"perMinute":1}"""), await platform.HookAsync(""","rateLimit":{"perMinute":1}"""));

        Assert.Equal(200, (await platform.CallAsync(path, "203.0.113.1")).Status);
        var refused = await platform.CallAsync(path, "203.0.113.2");

        Assert.Equal((429, "RATE_LIMITED", "60"), (refused.Status, refused.Code, refused.Header("Retry-After")));
        Assert.Equal(200, (await platform.CallAsync(other, "203.0.113.1")).Status);
        Assert.Equal(2, platform.Runtime.Starts.Count);
    }

    [Fact]
    public async Task As_many_calls_as_the_rate_says_may_come_at_once()
    {
        await using var platform = await CallingPlatform.StartAsync();
        var path = await platform.HookAsync(""","rateLimit":{"perMinute":3}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => platform.CallAsync(path, "203.0.113.1")));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
    }

    [Fact]
    public async Task By_address_each_caller_has_a_rate_of_its_own()
    {
        await using var platform = await CallingPlatform.StartAsync();
        var path = await platform.HookAsync(""","rateLimit":{"perMinute":1,"by":"ip"}""");

        string[] callers = ["203.0.113.1", "203.0.113.2", "::ffff:203.0.113.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"];
        var answers = new List<int>();
        foreach (var caller in callers) answers.Add((await platform.CallAsync(path, caller)).Status);

        Assert.Equal([200, 200, 429, 200, 429, 200], answers);
    }

    [Theory]
    [InlineData("", 429)]
    [InlineData(""","rateLimit":{"perMinute":100}""", 200)]
    public async Task The_setting_holds_for_nodes_that_name_no_rate(string parameters, int second)
    {
        await using var platform = await CallingPlatform.StartAsync(o => o.Webhooks.RatePerMinute = 1);
        var path = await platform.HookAsync(parameters);

        Assert.Equal(200, (await platform.CallAsync(path, "203.0.113.1")).Status);
        Assert.Equal(second, (await platform.CallAsync(path, "203.0.113.1")).Status);
    }

    [Fact]
    public async Task A_caller_who_may_not_call_uses_nothing_up_and_the_rate_counts_before_authentication()
    {
        await using var platform = await CallingPlatform.StartAsync();
        var credential = (await platform.PostAsync("/api/v1/credentials", """{"name":"c","type":"bearer","data":{"token":"a-token-of-the-shop"}}""")).Body["id"].AsString;
        await platform.ActiveWorkflowAsync($$$"""{"name":"n","nodes":[{"id":"h","type":"webhook","parameters":{"path":"a","auth":"header","rateLimit":{"perMinute":1},"ipAllowList":["203.0.113.1"]},"credentials":{"auth":"{{{credential}}}"} }]}""");

        var answers = new List<int>();
        foreach (var caller in new[] { "203.0.113.2", "203.0.113.1", "203.0.113.1" }) answers.Add((await platform.CallAsync("/webhooks/a", caller)).Status);

        Assert.Equal([403, 401, 429], answers);
    }

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010db800010002")]
    public void Callers_are_told_apart_by_address_or_network(string? address, string network) =>
        Assert.Equal(network, CallRates.NetworkOf(address is null ? null : IPAddress.Parse(address)));
}
