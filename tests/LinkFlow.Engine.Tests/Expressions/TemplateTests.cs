using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("{{ $json.a }}", """{"a":{"b":1}}""", """{"b":1}""")]
    [InlineData("{{ $json.a.b + 1 }}", """{"a":{"b":1}}""", "2")]
    [InlineData("{{ a.b }}", """{"a":{"b":1}}""", "1")]
    [InlineData("Hello {{ $json.name }}!", """{"name":"Ann"}""", "\"Hello Ann!\"")]
    [InlineData("{{ $json.list.map(x => x * 2) }}", """{"list":[1,2,3]}""", "[2,4,6]")]
    [InlineData("{{ $json.list }}", """{"list":[1,2,3]}""", "[1,2,3]")]
    [InlineData("a {{ $json.list }} b", """{"list":[1,{"x":null}]}""", "\"a [1,{\\\"x\\\":null}] b\"")]
    [InlineData("{{ $json.id }}", """{"id":12345678901234567890}""", "12345678901234567890")]
    [InlineData("id={{ $json.id }}", """{"id":12345678901234567890}""", "\"id=12345678901234567890\"")]
    [InlineData("\\{{ x }}", "{}", "\"{{ x }}\"")]
    [InlineData("{{ '}}' }}", "{}", "\"}}\"")]
    [InlineData("{{ {a:{b:1}} }}", "{}", """{"a":{"b":1}}""")]
    [InlineData("{{ {a:1}}}", "{}", """{"a":1}""")]
    [InlineData("{{ `${'}}'}}}` }}", "{}", "\"}}}}\"")]
    [InlineData("{{ /}}/.test('}}') }}", "{}", "true")]
    [InlineData("{{1}}{{2}}", "{}", "\"12\"")]
    public void A_text_with_expressions_becomes_a_value(string text, string json, string expected) =>
        Assert.Equal(expected, Language.Text(text, json).ToString());
}
