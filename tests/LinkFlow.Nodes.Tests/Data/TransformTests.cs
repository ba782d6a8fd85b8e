namespace LinkFlow.Nodes.Tests.Data;

public class TransformTests
{
    private const string Item = """{"a":1,"b":{"c":"2","d":[1]},"e":null,"x.y":9}""";

    [Theory]
    [InlineData("""{"op":"set","field":"b.c","value":"{{ $json.a }}"}""", """{"a":1,"b":{"c":1,"d":[1]},"e":null,"x.y":9}""")]
    [InlineData("""{"op":"default","field":"a","value":7}""", Item)]
    [InlineData("""{"op":"default","field":"e","value":7}""", Item)]
    [InlineData("""{"op":"default","field":"z","value":7}""", """{"a":1,"b":{"c":"2","d":[1]},"e":null,"x.y":9,"z":7}""")]
    [InlineData("""{"op":"rename","field":"a","to":"aa"}""", """{"aa":1,"b":{"c":"2","d":[1]},"e":null,"x.y":9}""")]
    [InlineData("""{"op":"rename","field":"a","to":"e"}""", """{"e":1,"b":{"c":"2","d":[1]},"x.y":9}""")]
    [InlineData("""{"op":"rename","field":"zz","to":"aa"}""", Item)]
    [InlineData("""{"op":"rename","field":"a","to":"a"}""", Item)]
    [InlineData("""{"op":"move","field":"b.c","to":"c"}""", """{"a":1,"b":{"d":[1]},"e":null,"x.y":9,"c":"2"}""")]
    [InlineData("""{"op":"move","field":"a","to":"n.a"}""", """{"b":{"c":"2","d":[1]},"e":null,"x.y":9,"n":{"a":1}}""")]
    [InlineData("""{"op":"remove","field":"b.d"}""", """{"a":1,"b":{"c":"2"},"e":null,"x.y":9}""")]
    [InlineData("""{"op":"remove","field":["a","b","zz","b.zz"]}""", """{"e":null,"x.y":9}""")]
    [InlineData("""{"op":"keep","field":["b.c","e","zz"]}""", """{"b":{"c":"2"},"e":null}""")]
    [InlineData("""{"op":"keep","field":"x.y"}""", """{"x.y":9}""")]
    [InlineData("""{"op":"convert","field":"zz","type":"number"}""", Item)]
    [InlineData("""{"op":"convert","field":"e","type":"number"}""", Item)]
    [InlineData("""{"op":"convert","field":"b.c","type":"number"},{"op":"remove","field":["b.d","e","x.y"]}""", """{"a":1,"b":{"c":2}}""")]
    public async Task Operations_change_the_item_in_order(string operations, string expected) =>
        Assert.Equal($"[{expected}]", (await NodeTest.RunAsync("transform", $$"""{"operations":[{{operations}}]}""", $"[{Item}]")).Json());

    [Theory]
    [InlineData("1", "string", "\"1\"")]
    [InlineData("12345678901234567890", "string", "\"12345678901234567890\"")]
    [InlineData("{\"a\":1}", "string", "\"{\\\"a\\\":1}\"")]
    [InlineData("\" 2.5 \"", "number", "2.5")]
    [InlineData("true", "number", "1")]
    [InlineData("\"-2.7\"", "integer", "-2")]
    [InlineData("\"yes\"", "boolean", "true")]
    [InlineData("0", "boolean", "false")]
    [InlineData("\"[1]\"", "json", "[1]")]
    [InlineData("{\"a\":1}", "json", "{\"a\":1}")]
    [InlineData("\"2027-01-31\"", "date", "\"2027-01-31T00:00:00.000Z\"")]
    [InlineData("1801382400000", "date", "\"2027-01-31T08:00:00.000Z\"")]
    public async Task A_value_is_converted(string value, string type, string expected)
    {
        var ran = await NodeTest.RunAsync("transform", $$"""{"operations":[{"op":"convert","field":"v","type":"{{type}}"}]}""", $$"""[{"v":{{value}}}]""");

        Assert.Equal($$"""[{"v":{{expected}}}]""", ran.Json());
    }

    [Theory]
    [InlineData("\"x\"", "number")]
    [InlineData("\"1e999\"", "number")]
    [InlineData("[]", "integer")]
    [InlineData("2", "boolean")]
    [InlineData("\"maybe\"", "boolean")]
    [InlineData("\"{\"", "json")]
    [InlineData("\"soon\"", "date")]
    [InlineData("1", "colour")]
    public async Task What_cannot_be_converted_fails_the_item(string value, string type)
    {
        var ran = await NodeTest.RunAsync("transform", $$"""{"operations":[{"op":"convert","field":"v","type":"{{type}}"}]}""", $$"""[{"v":{{value}}}]""");

        Assert.Equal("TYPE_MISMATCH", ran.Code);
    }

    [Theory]
    [InlineData("""{"op":"set","field":5,"value":1}""")]
    [InlineData("""{"op":"keep","field":[1]}""")]
    [InlineData("""{"op":"rename","field":"a"}""")]
    public async Task Bad_operations_fail_the_item(string operation) =>
        Assert.Equal("PARAMETER_INVALID", (await NodeTest.RunAsync("transform", $$"""{"operations":[{{operation}}]}""", $"[{Item}]")).Code);
}
