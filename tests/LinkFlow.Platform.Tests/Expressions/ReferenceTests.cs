using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Expressions;

public sealed class ReferenceTests
{
    private const string Path = "/api/v1/expressions/reference";

    [Fact]
    public async Task The_reference_lists_variables_functions_types_and_namespaces()
    {
        await using var platform = await TestPlatform.StartAsync();

        var sections = (await platform.GetAsync(Path)).Body["sections"].AsArray!;

        Assert.Superset(new HashSet<string?> { "variables", "functions", "string", "array", "Math" }, sections.Select(s => s["name"].AsString).ToHashSet());
        Assert.Equal(["globals", "type", "namespace"], sections.Select(s => s["kind"].AsString).Distinct());
    }

    [Fact]
    public async Task An_entry_has_its_signature_and_an_example_with_its_result()
    {
        await using var platform = await TestPlatform.StartAsync();

        var entry = (await platform.GetAsync($"{Path}?type=array&q=chunk(")).Body["sections"].AsArray![0]["entries"].AsArray![0];

        Assert.Equal(
            """{"name":"chunk","kind":"method","signature":"chunk(size: number): any[][]","description":"Its elements in arrays of so many each; the last may be shorter.","example":"[1, 2, 3, 4, 5].chunk(2)","result":[[1,2],[3,4],[5]],"resultType":"array"}""",
            JsonText.Write(entry));
    }

    [Theory]
    [InlineData("?type=Math", "Math")]
    [InlineData("?type=variables", "variables")]
    [InlineData("?q=EXTRACTEMAIL", "string")]
    [InlineData("?q=$now:", "variables")]
    [InlineData("?q=no+such+thing+at+all", "")]
    [InlineData("?type=Math&q=extractEmail", "")]
    public async Task It_can_be_narrowed_by_section_and_text(string query, string sections)
    {
        await using var platform = await TestPlatform.StartAsync();

        var found = (await platform.GetAsync(Path + query)).Body["sections"].AsArray!;

        Assert.Equal(sections, string.Join(' ', found.Select(s => s["name"].AsString)));
    }

    [Fact]
    public async Task An_unknown_section_is_an_error_that_names_the_nearest()
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.GetAsync($"{Path}?type=strin");

        Assert.Equal((400, "VALIDATION_ERROR"), (answer.Status, answer.Code));
        Assert.Contains("Did you mean 'string'?", JsonText.Write(answer.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_need_not_be_read_again_while_its_tag_is_the_same()
    {
        await using var platform = await TestPlatform.StartAsync();
        var tag = (await platform.GetAsync(Path)).Header("ETag")!;

        Assert.Equal(304, (await platform.SendAsync("GET", Path, null, null, $"If-None-Match: {tag}")).Status);
    }

    [Fact]
    public async Task It_needs_the_permission_to_read_node_types()
    {
        await using var platform = await TestPlatform.StartAsync();

        Assert.Equal(200, (await platform.SendAsync("GET", Path, null, await platform.KeyAsync("node:read"))).Status);
        Assert.Equal(403, (await platform.SendAsync("GET", Path, null, await platform.KeyAsync("workflow:read"))).Status);
    }
}
