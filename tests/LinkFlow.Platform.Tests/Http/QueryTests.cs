namespace LinkFlow.Platform.Tests.Http;

public sealed class QueryTests
{
    [Theory]
    [InlineData("/api/v1/workflows?limit=0")]
    [InlineData("/api/v1/workflows?limit=201")]
    [InlineData("/api/v1/workflows?limit=ten")]
    [InlineData("/api/v1/workflows?limit=1&limit=2")]
    [InlineData("/api/v1/workflows?limit=-1")]
    [InlineData("/api/v1/workflows?cursor=abc")]
    [InlineData("/api/v1/workflows?cursor=%00")]
    [InlineData("/api/v1/workflows?status=lost")]
    [InlineData("/api/v1/executions?status=finished")]
    [InlineData("/api/v1/executions?mode=magic")]
    [InlineData("/api/v1/executions?from=yesterday")]
    [InlineData("/api/v1/executions?to=2026-13-01")]
    public async Task A_parameter_that_cannot_be_meant_is_400_and_named(string path)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.GetAsync(path);

        Assert.Equal((400, "VALIDATION_ERROR"), (answer.Status, answer.Code));
        Assert.Contains(path.Split('?', '=')[1], answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-31T09:30:00Z")]
    [InlineData("2026-01-31T09:30:00.123Z")]
    [InlineData("2026-01-31T09:30:00%2B02:00")]
    [InlineData("2026-01-31T09:30:00+02:00")]
    [InlineData("2026-01-31")]
    public async Task Times_are_RFC_3339(string time)
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(200, (await platform.GetAsync($"/api/v1/executions?from={time}")).Status);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition()
    {
        await using var platform = await TestPlatform.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++) ids.Add(await platform.WorkflowAsync());

        var seen = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = (await platform.GetAsync("/api/v1/workflows?limit=2" + (cursor.Length > 0 ? $"&cursor={cursor}" : ""))).Body;
            seen.AddRange(page["items"].AsArray!.Select(i => i["id"].AsString!));
            cursor = page["nextCursor"].AsString;
        }

        Assert.Equal(ids.AsEnumerable().Reverse(), seen);
    }

    [Fact]
    public async Task A_cursor_stays_valid_while_items_are_removed()
    {
        await using var platform = await TestPlatform.StartAsync();
        for (var i = 0; i < 4; i++) await platform.WorkflowAsync();
        var first = (await platform.GetAsync("/api/v1/workflows?limit=2")).Body;
        await platform.SendAsync("DELETE", $"/api/v1/workflows/{first["items"].AsArray![1]["id"].AsString}");

        var second = await platform.GetAsync($"/api/v1/workflows?limit=2&cursor={first["nextCursor"].AsString}");

        Assert.Equal(2, second.Body["items"].AsArray!.Count);
    }
}
