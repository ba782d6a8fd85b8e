using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

public sealed class JmesPathTests
{
    private const string Json = """{"a":{"b":[1,2,3]},"text":"hello"}""";

    [Theory]
    [InlineData("$jmespath($json, 'a.b[1]')", "2")]
    [InlineData("$jmesPath($json, 'a.b[1]')", "2")]
    [InlineData("$jmespath({d: new Date(0), f: x => x, u: undefined}, '[d, f, u]')", """["1970-01-01T00:00:00.000Z",null,null]""")]
    [InlineData("$jmespath([1, 2, 3].map(n => ({n})), '[?n > `1`].n')", "[2,3]")]
    [InlineData("$jmespath($input.all(), '[].json.text')", """["hello"]""")]
    [InlineData("$jmespath([{d: '2024-02-01'}, {d: '2024-01-01'}], \"[?d > '2024-01-15'].d\")", """["2024-02-01"]""")]
    [InlineData("$jmespath(undefined, '@')", "null")]
    [InlineData("$jmespath('😀é', 'reverse(@)')", "\"é😀\"")]
    [InlineData("$jmespath($json, 'length(a.b)') + 1", "4")]
    public void A_query_finds_data_in_an_expression(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression, Json));

    [Theory]
    [InlineData("$jmespath($json, 'a.[')", "it ends too early, at 3 of 'a.['")]
    [InlineData("$jmespath($json, 'a..b')", "'.' cannot stand there, at 2")]
    [InlineData("$jmespath($json, 'a = b')", "'==' compares, at 2")]
    [InlineData("$jmespath($json, 'a # b')", "'#' is not of JMESPath")]
    [InlineData("$jmespath($json, '`{`')", "this is not JSON")]
    [InlineData("$jmespath($json, 'lenght(a)')", "no function 'lenght'. Did you mean 'length'?")]
    [InlineData("$jmespath($json, 'length(a, a)')", "length() of JMESPath takes 1 argument, not 2.")]
    [InlineData("$jmespath($json, 'not_null()')", "takes 1 arguments or more, not 0")]
    [InlineData("$jmespath($json, 'abs(text)')", "abs() of JMESPath needs a number, not string.")]
    [InlineData("$jmespath($json, 'sum([text])')", "needs an array of numbers, not array of other things.")]
    [InlineData("$jmespath($json, 'map(text, a.b)')", "needs an expression, not string.")]
    [InlineData("$jmespath($json, 'sort_by([a, @], &b)')", "numbers only or strings only to compare, not also")]
    [InlineData("$jmespath($json, 'a.b[::0]')", "The step of a JMESPath slice cannot be 0.")]
    [InlineData("$jmespath('a.b', $json)", "The data comes first.")]
    [InlineData("$jmespath($json)", "the query is undefined")]
    public void A_wrong_query_says_what_is_wrong(string expression, string message) =>
        Assert.Contains(message, Language.Error(expression, Json).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("$jmespath($json, '['.repeat(5000))", "nested more than 200 deep")]
    [InlineData("$jmespath($json, '('.repeat(5000))", "nested more than 200 deep")]
    [InlineData("$jmespath($json, 'a' + '.a'.repeat(4000))", "nested more than 200 deep")]
    [InlineData("$jmespath($json, '!'.repeat(9000) + 'a')", "nested more than 200 deep")]
    [InlineData("$jmespath($json, 'a'.repeat(20000))", "20,000 characters, and 10,000 are allowed")]
    [InlineData("$jmespath(Array(2000).fill(Array(2000).fill(1)), '[*][*].[@, @]')", "more than")]
    [InlineData("$jmespath(Array(3000).fill(1), 'map(&[@, @, @, @], @)[].[@, @, @, @][].[@, @, @, @][].[@, @, @, @][].[@, @, @, @][].[@, @, @, @][]')", "more than")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 150; i++) a = [a, a]; return $jmespath({x: a, y: JSON.parse('[]')}, 'x == x') })()", "more than")]
    [InlineData("$jmespath(Array(1000).fill('x'.repeat(5000)), 'join(``, map(&join(\\'\\', `[]`), @))')", "not JSON")]
    [InlineData("$jmespath(Array(4000).fill('x'.repeat(5000)), 'join(\\'\\', @)')", "more than")]
    public void A_query_that_would_explode_ends_in_a_limit(string expression, string message) =>
        Assert.Contains(message, Language.Error(expression, Json).Message, StringComparison.Ordinal);

    [Fact]
    public void Thousands_of_different_queries_do_not_pile_up()
    {
        var scope = Language.Scope(Json);
        for (var i = 0; i < 3000; i++)
            Assert.Equal(i, Template.Compile($"{{{{ $jmespath($json, '`{i}`') }}}}").Evaluate(scope).AsNumber);
    }
}
