using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;

namespace LinkFlow.Nodes.Tests.Flow;

public class ConditionTests
{
    private const string Totals = """[{"total":50},{"total":150}]""";

    [Fact]
    public async Task Each_item_goes_its_own_way()
    {
        var ran = await NodeTest.RunAsync("condition", """{"conditions":[{"left":"{{ $json.total }}","operator":"gt","right":100}]}""", Totals);

        Assert.Equal("""[{"total":150}]""", ran.Json("true"));
        Assert.Equal("""[{"total":50}]""", ran.Json("false"));
        Assert.Equal("0:1", ran.Pairs("true"));
    }

    [Theory]
    [InlineData("and", "false")]
    [InlineData("or", "true")]
    public async Task Conditions_are_combined(string combine, string output)
    {
        var parameters = $$"""{"combine":"{{combine}}","conditions":[{"left":1,"operator":"equals","right":1},{"left":1,"operator":"equals","right":2}]}""";

        Assert.Equal("[{}]", (await NodeTest.RunAsync("condition", parameters)).Json(output));
    }

    [Theory]
    [InlineData("""{"expression":"{{ $json.total > 100 }}"}""")]
    [InlineData("""{"conditions":[{"left":"{{ $json.missing }}","operator":"exists"},{"left":"{{ $json.total }}","operator":"gt","right":100}],"combine":"or"}""")]
    [InlineData("""{"conditions":[{"left":"{{ $json.total }}","operator":"gt","right":"100"}],"convertTypes":true}""")]
    [InlineData("""{"conditions":[{"left":"{{ $json.total }}","operator":"gt","right":"100","convertTypes":true}]}""")]
    public async Task A_filter_keeps_what_holds(string parameters)
    {
        var ran = await NodeTest.RunAsync("filter", parameters, Totals);

        Assert.Equal("""[{"total":150}]""", ran.Json());
        Assert.Equal("""[{"total":50}]""", ran.Json("discarded"));
    }

    [Theory]
    [InlineData("""{"conditions":[{"left":"{{ $json.total }}","operator":"gt","right":"100"}]}""", "TYPE_MISMATCH", "'it' → conditions.0")]
    [InlineData("""{"expression":"{{ $json.total }}"}""", "TYPE_MISMATCH", "must come out true or false")]
    [InlineData("""{"expression":"{{ $json.missing }}"}""", "EXPRESSION_ERROR", "undefined in 'it' → expression")]
    [InlineData("""{"conditions":[{"left":1,"operator":"{{ 'equal' }}","right":1}]}""", "TYPE_MISMATCH", "Did you mean 'equals'?")]
    [InlineData("{}", "PARAMETER_INVALID", "neither 'conditions' nor an 'expression'")]
    public async Task What_cannot_be_decided_fails_the_item(string parameters, string code, string message)
    {
        var ran = await NodeTest.RunAsync("condition", parameters, Totals);

        Assert.IsType<NodeFailed>(ran.Event);
        Assert.Equal(code, ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_item_that_cannot_be_decided_fails()
    {
        var test = new NodeTest
        {
            Type = "filter", OnError = OnError.ErrorOutput, Inputs = ["""[{"total":50},{"total":"many"},{"total":150}]"""],
            Parameters = """{"conditions":[{"left":"{{ $json.total }}","operator":"gt","right":100}]}""",
        };

        var ran = await test.RunAsync();

        Assert.Equal("0:2 | 0:0 | 0:1", $"{ran.Pairs()} | {ran.Pairs("discarded")} | {ran.Pairs("error")}");
    }
}
