using LinkFlow.Engine.Schemas;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Schemas;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "\"a\"")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":"integer"}""", "3.0")]
    [InlineData("""{"type":"number","minimum":1,"maximum":2,"exclusiveMinimum":0,"exclusiveMaximum":3}""", "1.5")]
    [InlineData("""{"type":"string","minLength":1,"maxLength":1}""", "\"😀\"")]
    [InlineData("""{"pattern":"^a+$"}""", "\"aaa\"")]
    [InlineData("""{"pattern":"^a+$"}""", "7")]
    [InlineData("""{"enum":[1,"a",{"b":[2]}]}""", """{"b":[2]}""")]
    [InlineData("""{"const":{"a":1,"b":2}}""", """{"b":2,"a":1}""")]
    [InlineData("""{"type":"array","items":{"type":"number"},"minItems":1,"maxItems":2}""", "[1,2]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":{"type":"number"}}""", """{"a":"x","b":1}""")]
    [InlineData("""{"type":"object","minProperties":1,"maxProperties":1}""", """{"a":"x"}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"number"}]}""", "1")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":2}]}""", "2")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":2}]}""", "2")]
    [InlineData("""{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"array","items":{"$ref":"#/$defs/tree"}}}}""", "[[],[[]]]")]
    [InlineData("""{"items":{"$ref":"#"},"type":"array"}""", "[[]]")]
    [InlineData("""{"properties":{"a/b":{"type":"string"},"c":{"$ref":"#/properties/a~1b"}}}""", """{"c":"x"}""")]
    [InlineData("""{"default":5,"title":"t","description":"d","format":"email","x-own":1}""", "\"no address\"")]
    [InlineData("true", "1")]
    public void A_fitting_value_has_no_errors(string schema, string value) => Assert.Empty(Validate(schema, value));

    [Theory]
    [InlineData("""{"type":"string"}""", "1", "", "type", "must be a string; is 1")]
    [InlineData("""{"type":["string","integer","array"]}""", "null", "", "type", "must be a string, a whole number or an array; is null")]
    [InlineData("""{"type":"integer"}""", "1.5", "", "type", "must be a whole number; is 1.5")]
    [InlineData("""{"minimum":1}""", "0", "", "minimum", "must be at least 1; is 0")]
    [InlineData("""{"maximum":1}""", "2", "", "maximum", "must be at most 1; is 2")]
    [InlineData("""{"exclusiveMinimum":1}""", "1", "", "exclusiveMinimum", "must be more than 1; is 1")]
    [InlineData("""{"exclusiveMaximum":1}""", "1", "", "exclusiveMaximum", "must be less than 1; is 1")]
    [InlineData("""{"minLength":2}""", "\"😀\"", "", "minLength", "must have at least 2 characters; has 1")]
    [InlineData("""{"maxLength":1}""", "\"ab\"", "", "maxLength", "must have at most 1 character; has 2")]
    [InlineData("""{"minItems":1}""", "[]", "", "minItems", "must have at least 1 element; has 0")]
    [InlineData("""{"maxItems":0}""", "[1]", "", "maxItems", "must have at most 0 elements; has 1")]
    [InlineData("""{"minProperties":1}""", "{}", "", "minProperties", "must have at least 1 property; has 0")]
    [InlineData("""{"pattern":"^a+$"}""", "\"b\"", "", "pattern", "must match ^a+$; is \"b\"")]
    [InlineData("""{"pattern":"^(?=a)a+$"}""", "\"b\"", "", "pattern", "must match ^(?=a)a+$; is \"b\"")]
    [InlineData("""{"const":1}""", "2", "", "const", "must be 1; is 2")]
    [InlineData("""{"enum":["GET","POST"]}""", "\"GTE\"", "", "enum", "must be one of \"GET\", \"POST\"; is \"GTE\". Did you mean 'GET'?")]
    [InlineData("""{"enum":[1,2]}""", "3", "", "enum", "must be one of 1, 2; is 3")]
    [InlineData("""{"items":{"type":"string"}}""", """["a",1]""", "/1", "type", "must be a string; is 1")]
    [InlineData("""{"required":["a"]}""", "{}", "", "required", "'a' is missing")]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"string"}}}""", "{}", "", "required", "'a' is missing; it must be a string")]
    [InlineData("""{"required":["a"],"properties":{"a":{"enum":["x","y"]}}}""", "{}", "", "required", "'a' is missing; it must be one of \"x\", \"y\"")]
    [InlineData("""{"properties":{"url":{}},"additionalProperties":false}""", """{"ulr":1}""", "/ulr", "additionalProperties", "'ulr' is not known here. Did you mean 'url'?")]
    [InlineData("""{"properties":{"url":{},"method":{}},"additionalProperties":false}""", """{"x/y":1}""", "/x~1y", "additionalProperties", "'x/y' is not known here; known are url, method")]
    [InlineData("""{"additionalProperties":false}""", """{"a":1}""", "/a", "additionalProperties", "'a' is not known here; nothing may be given")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"a":1}""", "/a", "type", "must be a string; is 1")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"number","minimum":2}]}""", "1", "", "minimum", "must be at least 2; is 1")]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", "3", "", "oneOf", "fits 2 of the 2 alternatives; only one may fit")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"boolean"}]}""", "1", "", "anyOf", "must be a string; is 1; or must be a boolean; is 1")]
    [InlineData("""{"oneOf":[{"properties":{"for":{"const":"a"},"x":{"type":"string"}}},{"properties":{"for":{"const":"b"}}}]}""", """{"for":"a","x":1}""", "/x", "type", "must be a string; is 1")]
    [InlineData("""{"anyOf":[{"required":["a"]},{"properties":{"b":{"type":"null"}}}]}""", """{"b":1}""", "", "anyOf", "'a' is missing; or b must be null; is 1")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"number"}}}""", "\"a\"", "", "type", "must be a number; is \"a\"")]
    [InlineData("false", "1", "", "false", "nothing is allowed here")]
    public void An_error_says_where_what_is_wrong_and_what_would_be_right(string schema, string value, string pointer, string keyword, string message) =>
        Assert.Equal([new SchemaError(pointer, keyword, message)], Validate(schema, value));

    [Fact]
    public void All_errors_are_told_at_once()
    {
        const string schema = """{"required":["a"],"properties":{"b":{"type":"string","minLength":2,"pattern":"x"}},"additionalProperties":false}""";

        Assert.Equal(["", "/b", "/b", "/c"], Validate(schema, """{"b":"y","c":1}""").Select(e => e.Pointer));
    }

    [Fact]
    public void A_long_value_is_shown_by_its_kind()
    {
        var error = Assert.Single(Validate("""{"type":"number"}""", $"\"{new string('x', 1000)}\""));

        Assert.Equal("must be a number; is a string", error.Message);
    }

    [Theory]
    [InlineData("""{"type":"number"}""", "\"{{ $json.n }}\"")]
    [InlineData("""{"enum":["GET"]}""", "\"{{ $json.method }}\"")]
    [InlineData("""{"properties":{"a":{"type":"object"}},"additionalProperties":false}""", """{"a":"{{ 1 }}"}""")]
    [InlineData("""{"oneOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"a":{"type":"number"}}}]}""", """{"a":"{{ 1 }}"}""")]
    [InlineData("""{"oneOf":[{"items":{"type":"string"}},{"items":{"type":"number"}}]}""", """["{{ 1 }}"]""")]
    public void An_expression_fits_any_schema_where_expressions_are_allowed(string schema, string value) =>
        Assert.Empty(JsonSchema.Compile(JsonText.Parse(schema)).Validate(JsonText.Parse(value), allowExpressions: true));

    [Theory]
    [InlineData("""{"type":"number"}""", "\"{{ $json.n }}\"")]
    [InlineData("""{"enum":["GET"]}""", "\"{{ $json.method }}\"")]
    public void An_expression_is_a_string_where_expressions_are_not_allowed(string schema, string value) =>
        Assert.Single(Validate(schema, value));

    [Theory]
    [InlineData("7", "is no schema")]
    [InlineData("""{"type":"strnig"}""", "has the unknown type 'strnig'. Did you mean 'string'?")]
    [InlineData("""{"properties":{"a":{"type":7}}}""", "The schema at '/properties/a' has the unknown type ''")]
    [InlineData("""{"not":{}}""", "uses 'not', which is not supported")]
    [InlineData("""{"pattern":"("}""", "has a 'pattern' that is no regular expression")]
    [InlineData("""{"pattern":1}""", "has a 'pattern' that is not a string")]
    [InlineData("""{"minimum":"1"}""", "has a 'minimum' that is no number")]
    [InlineData("""{"required":[1]}""", "has something in 'required' that is no string")]
    [InlineData("""{"anyOf":[]}""", "has a 'anyOf' that is not an array of schemas")]
    [InlineData("""{"$ref":"#/$defs/x"}""", "refers to '#/$defs/x', which is not there")]
    [InlineData("""{"$ref":"https://example.com"}""", "only references within the schema are supported")]
    [InlineData("""{"$ref":"#"}""", "refers to itself")]
    [InlineData("""{"allOf":[{"anyOf":[{"$ref":"#"}]}]}""", "refers to itself")]
    public void A_schema_outside_the_subset_does_not_compile(string schema, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => JsonSchema.Compile(JsonText.Parse(schema)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_an_error()
    {
        var error = Assert.Single(Validate("""{"pattern":"^(?=(a+)+b)(a+)+$"}""", $"\"{new string('a', 60)}\""));

        Assert.Equal("takes too long to compare with ^(?=(a+)+b)(a+)+$", error.Message);
    }

    [Fact]
    public void Alternatives_within_alternatives_end_after_a_bounded_number_of_steps()
    {
        const string schema = """{"anyOf":[{"items":{"$ref":"#"},"minItems":1},{"items":{"$ref":"#"},"maxItems":-1}]}""";
        var value = new string('[', 60) + new string(']', 60);

        Assert.Contains(Validate(schema, value), e => e.Keyword == "steps");
    }

    private static IReadOnlyList<SchemaError> Validate(string schema, string value) => JsonSchema.Compile(JsonText.Parse(schema)).Validate(JsonText.Parse(value));
}
