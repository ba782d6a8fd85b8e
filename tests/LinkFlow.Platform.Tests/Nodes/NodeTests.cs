namespace LinkFlow.Platform.Tests.Nodes;

public sealed class NodeTests
{
    [Fact]
    public async Task A_node_type_shows_its_schema_ports_effect_docs_and_an_example()
    {
        await using var platform = await TestPlatform.StartAsync();

        var node = (await platform.GetAsync("/api/v1/nodes/condition")).Body;

        Assert.Equal("pure", node["effect"].AsString);
        Assert.Equal(["true", "false"], node["outputs"].AsArray!.Select(o => o.AsString));
        Assert.Equal("object", node["parametersSchema"]["type"].AsString);
        Assert.Equal("condition", node["example"]["type"].AsString);
        Assert.True(node["docs"].IsString && node["credentialTypes"].IsArray);
    }

    [Fact]
    public async Task A_misspelt_type_is_404_with_the_nearest()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.GetAsync("/api/v1/nodes/conditon");

        Assert.Equal(404, answer.Status);
        Assert.Contains("'condition'", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?group=triggers", "webhook", "condition")]
    [InlineData("?q=HTTP", "http_request", "loop")]
    public async Task Types_are_found_by_group_and_text(string query, string found, string missed)
    {
        await using var platform = await TestPlatform.StartAsync();

        var types = (await platform.GetAsync("/api/v1/nodes" + query)).Body["items"].AsArray!.Select(n => n["type"].AsString).ToList();

        Assert.Contains(found, types);
        Assert.DoesNotContain(missed, types);
    }

    [Fact]
    public async Task Types_are_paged_by_name()
    {
        await using var platform = await TestPlatform.StartAsync();
        var all = (await platform.GetAsync("/api/v1/nodes?limit=200")).Body["items"].AsArray!.Select(n => n["type"].AsString).ToList();

        var first = (await platform.GetAsync("/api/v1/nodes?limit=3")).Body;
        var second = (await platform.GetAsync($"/api/v1/nodes?limit=3&cursor={first["nextCursor"].AsString}")).Body;

        Assert.Equal(all.Take(6), first["items"].AsArray!.Concat(second["items"].AsArray!).Select(n => n["type"].AsString));
    }
}
