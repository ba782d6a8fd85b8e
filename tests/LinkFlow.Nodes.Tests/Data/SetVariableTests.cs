namespace LinkFlow.Nodes.Tests.Data;

public class SetVariableTests
{
    [Theory]
    [InlineData("""{"fields":{"b":2}}""", """{"a":1,"b":2}""")]
    [InlineData("""{"fields":{"a":[1,{"x":"{{ $json.a }}"}]}}""", """{"a":[1,{"x":1}]}""")]
    [InlineData("""{"fields":{"c.d.e":1,"c.f":2}}""", """{"a":1,"c":{"d":{"e":1},"f":2}}""")]
    [InlineData("""{"fields":{"c.d":1},"dotNotation":false}""", """{"a":1,"c.d":1}""")]
    [InlineData("""{"fields":{"b":"{{ $json.a }}"},"include":"none"}""", """{"b":1}""")]
    [InlineData("""{"fields":{"a":"{{ $json.a + 1 }}","b":"{{ $json.a }}"}}""", """{"a":2,"b":1}""")]
    [InlineData("""{"fields":{"n":null}}""", """{"a":1,"n":null}""")]
    [InlineData("""{"fields":"{{ ({x: $json.a}) }}"}""", """{"a":1,"x":1}""")]
    [InlineData("{}", """{"a":1}""")]
    public async Task Fields_are_set(string parameters, string expected) =>
        Assert.Equal($"[{expected}]", (await NodeTest.RunAsync("set_variable", parameters, """[{"a":1}]""")).Json());

    [Theory]
    [InlineData("selected", """{"b":2,"n":0}""")]
    [InlineData("except", """{"a":1,"c":3,"n":0}""")]
    public async Task Some_fields_are_kept(string include, string expected)
    {
        var parameters = $$"""{"fields":{"n":0},"include":"{{include}}","includeFields":["b","zz"]}""";

        Assert.Equal($"[{expected}]", (await NodeTest.RunAsync("set_variable", parameters, """[{"a":1,"b":2,"c":3}]""")).Json());
    }

    [Theory]
    [InlineData("""{"fields":{"a.b":1}}""", "TYPE_MISMATCH", "'a' is 1 (a number), not an object")]
    [InlineData("""{"fields":{"n.b":1}}""", "TYPE_MISMATCH", "'n' is null, not an object")]
    [InlineData("""{"fields":{"b":"{{ $json.zz }}"}}""", "EXPRESSION_ERROR", "undefined in 'it' → fields.b")]
    [InlineData("""{"fields":{"b":"{{ $json.zz.name }}"}}""", "EXPRESSION_ERROR", "Cannot read 'name' of undefined in 'it' → fields.b at ")]
    [InlineData("""{"includeFields":"{{ 5 }}","include":"selected"}""", "PARAMETER_INVALID", "must be a list of strings")]
    public async Task What_cannot_be_set_fails_the_item(string parameters, string code, string message)
    {
        var ran = await NodeTest.RunAsync("set_variable", parameters, """[{"a":1,"n":null}]""");

        Assert.Equal(code, ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_too_deep_fails_the_item() =>
        Assert.Equal("TYPE_MISMATCH", (await NodeTest.RunAsync("set_variable", $$$"""{"fields":{"{{{string.Join('.', Enumerable.Repeat("a", 60))}}}":1}}""")).Code);

    [Fact]
    public async Task Setting_a_field_leaves_the_definition_and_the_input_alone()
    {
        var parameters = """{"fields":{"o":{"x":1},"o.y":"{{ $json.i }}"}}""";

        var ran = await NodeTest.RunAsync("set_variable", parameters, """[{"i":1},{"i":2}]""");

        Assert.Equal("""[{"i":1,"o":{"x":1,"y":1}},{"i":2,"o":{"x":1,"y":2}}]""", ran.Json());
    }
}
