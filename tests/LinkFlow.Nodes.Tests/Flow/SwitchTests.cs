namespace LinkFlow.Nodes.Tests.Flow;

public class SwitchTests
{
    private const string Rules = """
        "rules":[{"output":"big","expression":"{{ $json.n > 10 }}"},{"output":"any","expression":"{{ $json.n > 1 }}"}]
        """;

    [Theory]
    [InlineData("", "20 | 5 | ")]
    [InlineData(""","matchAll":true""", "20 | 5 20 | ")]
    [InlineData(""","fallback":"rest" """, "20 | 5 | 0")]
    [InlineData(""","fallback":"any" """, "20 | 5 0 | ")]
    public async Task Items_go_by_rules(string more, string expected)
    {
        var ran = await NodeTest.RunAsync("switch", $$"""{{{Rules}}{{more}}}""", """[{"n":5},{"n":20},{"n":0}]""");

        Assert.Equal(expected, string.Join(" | ", new[] { "big", "any", "rest" }.Select(o => string.Join(' ', ran.Items(o).Select(i => i.Json["n"].ToString())))));
    }

    [Theory]
    [InlineData("\"gold\"", "a")]
    [InlineData("1", "b")]
    [InlineData("true", "a")]
    [InlineData("\"Gold\"", "other")]
    [InlineData("null", "other")]
    public async Task Items_go_by_value_compared_as_strings(string value, string output)
    {
        var parameters = """{"value":"{{ $json.v }}","cases":{"gold":"a","1":"b","true":"a"},"fallback":"other"}""";

        var ran = await NodeTest.RunAsync("switch", parameters, $$"""[{"v":{{value}}}]""");

        Assert.Equal(output, Assert.Single(ran.Outputs).Output);
    }

    [Fact]
    public async Task Without_fallback_an_item_that_matches_nothing_ends_here() =>
        Assert.Empty((await NodeTest.RunAsync("switch", """{"value":"x","cases":{"y":"a"}}""")).Outputs);

    [Fact]
    public async Task An_output_that_two_rules_share_gets_an_item_once()
    {
        var parameters = """{"rules":[{"output":"a","expression":"{{ true }}"},{"output":"a","expression":"{{ true }}"}],"matchAll":true}""";

        Assert.Equal("[{}]", (await NodeTest.RunAsync("switch", parameters)).Json("a"));
    }

    [Theory]
    [InlineData("""{"value":{"a":1},"cases":{"y":"a"}}""", "TYPE_MISMATCH")]
    [InlineData("""{"cases":{"y":"a"}}""", "PARAMETER_INVALID")]
    [InlineData("""{"rules":[{"expression":"{{ true }}"}]}""", "PARAMETER_INVALID")]
    public async Task What_cannot_be_decided_fails_the_item(string parameters, string code) =>
        Assert.Equal(code, (await NodeTest.RunAsync("switch", parameters)).Code);
}
