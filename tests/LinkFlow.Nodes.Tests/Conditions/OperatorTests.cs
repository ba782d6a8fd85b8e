using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Conditions;

namespace LinkFlow.Nodes.Tests.Conditions;

public class OperatorTests
{
    [Theory]
    [InlineData("5", "equals", "5")]
    [InlineData("""{"a":[1]}""", "equals", """{"a":[1]}""")]
    [InlineData("null", "equals", "null")]
    [InlineData("1", "notEquals", "2")]
    [InlineData("1", "notEquals", "null")]
    [InlineData("\"a\"", "notEquals", "\"A\"")]
    [InlineData("2", "gt", "1")]
    [InlineData("\"b\"", "gt", "\"a\"")]
    [InlineData("2", "gte", "2")]
    [InlineData("1", "lt", "2")]
    [InlineData("2", "lte", "2")]
    [InlineData("\"hello\"", "contains", "\"ell\"")]
    [InlineData("[1,{\"a\":2}]", "contains", "{\"a\":2}")]
    [InlineData("[1,2]", "notContains", "\"1\"")]
    [InlineData("null", "notContains", "\"a\"")]
    [InlineData("\"hello\"", "startsWith", "\"he\"")]
    [InlineData("\"hello\"", "endsWith", "\"lo\"")]
    [InlineData("\"a-17\"", "matches", "\"^[a-z]-\\\\d+$\"")]
    [InlineData("\"aa\"", "matches", "\"^(a)\\\\1$\"")]
    [InlineData("0", "exists", "null")]
    [InlineData("null", "notExists", "null")]
    [InlineData("\"\"", "isEmpty", "null")]
    [InlineData("[]", "isEmpty", "null")]
    [InlineData("{}", "isEmpty", "null")]
    [InlineData("0", "isNotEmpty", "null")]
    [InlineData("true", "isTrue", "null")]
    [InlineData("false", "isFalse", "null")]
    [InlineData("\"2027-01-01\"", "before", "\"2027-01-01T00:00:01Z\"")]
    [InlineData("\"2027-01-01T01:00:00+02:00\"", "before", "\"2027-01-01T00:00:00Z\"")]
    [InlineData("\"2027-01-02\"", "after", "\"2027-01-01 23:59\"")]
    [InlineData("2", "in", "[1,2]")]
    [InlineData("\"2\"", "notIn", "[1,2]")]
    public void An_operator_holds(string left, string word, string right) => Assert.True(Apply(left, word, right));

    [Theory]
    [InlineData("5", "equals", "6")]
    [InlineData("null", "equals", "0")]
    [InlineData("null", "gt", "1")]
    [InlineData("null", "lte", "1")]
    [InlineData("1", "gt", "1")]
    [InlineData("null", "contains", "\"a\"")]
    [InlineData("null", "startsWith", "\"a\"")]
    [InlineData("null", "matches", "\"a\"")]
    [InlineData("null", "isTrue", "null")]
    [InlineData("null", "isFalse", "null")]
    [InlineData("null", "before", "\"2027-01-01\"")]
    [InlineData("null", "exists", "null")]
    public void An_operator_does_not_hold(string left, string word, string right) => Assert.False(Apply(left, word, right));

    [Theory]
    [InlineData("\"5\"", "equals", "5", "\"5\" (a string) with 5 (a number): a string is not a number")]
    [InlineData("\"5\"", "gt", "5", "convertTypes")]
    [InlineData("5", "contains", "\"5\"", "convertTypes")]
    [InlineData("\"5\"", "contains", "5", "convertTypes")]
    [InlineData("1", "startsWith", "\"1\"", "convertTypes")]
    [InlineData("true", "gt", "false", "two numbers or two strings")]
    [InlineData("\"true\"", "isTrue", "null", "needs a boolean")]
    [InlineData("\"soon\"", "before", "\"2027-01-01\"", "compares times")]
    [InlineData("5", "before", "\"2027-01-01\"", "Unix milliseconds")]
    [InlineData("1", "in", "\"1,2\"", "needs a list")]
    [InlineData("\"a\"", "matches", "\"(\"", "no regular expression")]
    [InlineData("\"a\"", "greater", "1", "no operator 'greater'")]
    [InlineData("\"a\"", "equal", "1", "Did you mean 'equals'?")]
    public void A_comparison_that_makes_no_sense_says_why(string left, string word, string right, string message)
    {
        var error = Assert.Throws<ComparisonException>(() => Apply(left, word, right));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"5\"", "equals", "5", true)]
    [InlineData("\"x\"", "equals", "5", false)]
    [InlineData("5", "equals", "\"5\"", true)]
    [InlineData("\"10\"", "gt", "9", true)]
    [InlineData("true", "equals", "1", true)]
    [InlineData("1", "equals", "true", true)]
    [InlineData("\"Yes\"", "isTrue", "null", true)]
    [InlineData("0", "isFalse", "null", true)]
    [InlineData("15", "contains", "5", true)]
    [InlineData("\"2\"", "in", "[1,2]", true)]
    [InlineData("2", "in", "\"1, 2\"", true)]
    [InlineData("0", "before", "\"2027-01-01\"", true)]
    public void Types_are_converted_on_request(string left, string word, string right, bool holds) =>
        Assert.Equal(holds, Apply(left, word, right, convert: true));

    [Theory]
    [InlineData("\"x\"", "gt", "5")]
    [InlineData("[1]", "startsWith", "\"1\"")]
    [InlineData("\"maybe\"", "isTrue", "null")]
    public void What_cannot_be_converted_is_an_error(string left, string word, string right) =>
        Assert.Throws<ComparisonException>(() => Apply(left, word, right, convert: true));

    [Theory]
    [InlineData("\"ABC\"", "equals", "\"abc\"")]
    [InlineData("\"ABC\"", "contains", "\"b\"")]
    [InlineData("\"ABC\"", "startsWith", "\"a\"")]
    [InlineData("\"ABC\"", "endsWith", "\"c\"")]
    [InlineData("\"ABC\"", "matches", "\"^abc$\"")]
    [InlineData("[\"ABC\"]", "contains", "\"abc\"")]
    [InlineData("\"ABC\"", "in", "[\"abc\"]")]
    [InlineData("\"ABC\"", "gte", "\"abc\"")]
    public void Case_is_ignored_on_request(string left, string word, string right)
    {
        Assert.True(Apply(left, word, right, ignoreCase: true));
        Assert.False(Apply(left, word, right));
    }

    [Fact]
    public void A_regular_expression_that_runs_away_is_an_error() =>
        Assert.Contains("took longer", Assert.Throws<ComparisonException>(() => Apply($"\"{new string('a', 40)}!\"", "matches", "\"^(?=(a+)+$)\"")).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_operator_of_the_schema_is_known()
    {
        var words = NodeTest.Registry.Describe("condition")!.ParametersSchema["properties"]["conditions"]["items"]["properties"]["operator"]["enum"].AsArray!;

        Assert.Equal(21, words.Count);
        Assert.All(words, word => Operators.Apply(word.AsString!, new Comparison(Value.Null, new ArrayValue(), false, false, "UTC")));
    }

    private static bool Apply(string left, string word, string right, bool convert = false, bool ignoreCase = false) =>
        Operators.Apply(word, new Comparison(JsonText.Parse(left), JsonText.Parse(right), ignoreCase, convert, "UTC"));
}
