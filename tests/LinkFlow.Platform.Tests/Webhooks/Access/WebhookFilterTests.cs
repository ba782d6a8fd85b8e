using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Webhooks.Access;

/// <summary>A webhook's <c>filter</c>.</summary>
public sealed class WebhookFilterTests
{
    [Theory]
    [InlineData("""{"conditions":[{"left":"{{ $json.headers['x-event'] }}","operator":"equals","right":"push"}]}""", true)]
    [InlineData("""{"conditions":[{"left":"{{ $json.headers['x-event'] }}","operator":"in","right":["ping","pull"]}]}""", false)]
    [InlineData("""{"conditions":[{"left":"{{ $json.headers['x-other'] }}","operator":"exists"}]}""", false)]
    [InlineData("""{"conditions":[{"left":"{{ $json.body.total }}","operator":"gt","right":100},{"left":"{{ $json.method }}","operator":"equals","right":"POST"}]}""", true)]
    [InlineData("""{"conditions":[{"left":"{{ $json.body.total }}","operator":"lt","right":100},{"left":"{{ $json.query.page }}","operator":"equals","right":"2"}],"combine":"or"}""", true)]
    [InlineData("""{"expression":"{{ $json.body.items.length > 1 && $workflow.active }}"}""", true)]
    [InlineData("""{"expression":false}""", false)]
    public async Task A_call_for_which_it_does_not_hold_starts_nothing(string filter, bool holds)
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync($""","filter":{filter}""");

        var answer = await platform.SendAsync("POST", $"{path}?page=2", """{"total":120,"items":[1,2]}""", "", "X-Event: push");

        Assert.Equal(200, answer.Status);
        Assert.Equal(holds ? 1 : 0, platform.Runtime.Starts.Count);
        if (!holds) Assert.Equal("""{"executionId":null,"filtered":true}""", answer.Text);
    }

    [Theory]
    [InlineData("""{"conditions":[{"left":"{{ $json.body.total }}","operator":"gt","right":100}]}""", "TYPE_MISMATCH")]
    [InlineData("""{"conditions":[{"left":"{{ $json.body.customer.name }}","operator":"exists"}]}""", "EXPRESSION_ERROR")]
    [InlineData("""{"expression":"{{ $json.body.total }}"}""", "TYPE_MISMATCH")]
    [InlineData("""{"expression":"{{ $json.body.missing }}"}""", "EXPRESSION_ERROR")]
    public async Task A_filter_that_fails_lets_nothing_through_and_says_so_in_the_log(string filter, string code)
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync($""","filter":{filter}""");

        var answer = await platform.SendAsync("POST", path, """{"total":"of-the-caller"}""", "");

        Assert.Equal((200, Value.True), (answer.Status, answer.Body["filtered"]));
        Assert.Empty(platform.Runtime.Starts);
        Assert.Contains(code, Assert.Single(platform.Log.Lines, l => l.Contains("The filter of webhook node h", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Log.Lines, l => l.Contains("of-the-caller", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_lenient_paths_what_is_missing_is_undefined()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.ActiveWorkflowAsync("""{"name":"n","settings":{"lenientPaths":true},"nodes":[{"id":"h","type":"webhook","parameters":{"path":"a","filter":{"conditions":[{"left":"{{ $json.body.customer.name }}","operator":"notExists"}]}}}]}""");

        await platform.SendAsync("POST", "/webhooks/a", "{}", "");

        Assert.Single(platform.Runtime.Starts);
    }
}
