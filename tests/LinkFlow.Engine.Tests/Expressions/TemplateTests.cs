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

    [Theory]
    [InlineData("{{ /[}}]/.test('}') }}", "true")]
    [InlineData("{{ {a: {b: '}}'}}.a.b }}", "\"}}\"")]
    [InlineData("{{ (() => { if (true) { return `${{a: 1}.a}}}` } })() }}", "\"1}}\"")]
    [InlineData("{{ [{a:{b:{}}}] }}", "[{\"a\":{\"b\":{}}}]")]
    [InlineData("{{ 1 /* }} */ }}", "1")]
    [InlineData("{{ 1 // }} \n }}", "1")]
    [InlineData("{{ 8 / 2 / 2 }}", "2")]
    [InlineData("{{ 'a' /* x */ + \"b\" }}", "\"ab\"")]
    public void Closing_braces_end_an_expression_only_outside_of_strings_brackets_and_the_like(string text, string expected) =>
        Assert.Equal(expected, Language.Text(text).ToString());

    [Theory]
    [InlineData("{{ $json.v }}x", "1.50", "1.50x")]
    [InlineData("{{ $json.v }}x", "1e3", "1e3x")]
    [InlineData("{{ $json.v + 0 }}x", "1.50", "1.5x")]
    [InlineData("{{ `${$json.v}` }}x", "12345678901234567890", "12345678901234567890x")]
    [InlineData("{{ [$json.v] }}x", "12345678901234567890", "[12345678901234567890]x")]
    [InlineData("{{ $json.v }}x", "null", "nullx")]
    [InlineData("{{ $json.v }}x", "true", "truex")]
    [InlineData("{{ $json.v }}x", "\"\"", "x")]
    [InlineData("{{ $json.v / 0 }}x", "1", "Infinityx")]
    [InlineData("{{ NaN }}x", "1", "NaNx")]
    [InlineData("{{ $now }}x", "1", "2024-03-05T14:07:09.042Zx")]
    [InlineData("{{ /a/g }}x", "1", "/a/gx")]
    [InlineData("{{ 'ab'.match(/b/) }}x", "1", "[\"b\"]x")]
    [InlineData("{{ $input.item }}x", "1", "{\"json\":{\"v\":1}}x")]
    [InlineData("{{ new Error('e') }}x", "1", "Error: ex")]
    public void Parts_of_a_text_are_printed_as_String_does_and_data_as_JSON(string text, string value, string expected) =>
        Assert.Equal(expected, Language.Text(text, $"{{\"v\":{value}}}").AsString);

    [Theory]
    [InlineData("{{ NaN }}", "null")]
    [InlineData("{{ [1/0, undefined, () => 1, {a: undefined, b: () => 1, c: NaN}] }}", "[null,null,null,{\"c\":null}]")]
    [InlineData("{{ new Date(0) }}", "\"1970-01-01T00:00:00.000Z\"")]
    [InlineData("{{ {at: $now, never: new Date(NaN)} }}", "{\"at\":\"2024-03-05T14:07:09.042Z\",\"never\":null}")]
    [InlineData("{{ new Set([1]) }}", "{}")]
    [InlineData("{{ [new Map(), /a/, new Error('e'), Math] }}", "[{},{},{},{}]")]
    [InlineData("{{ 'abc'.match(/(b)(x)?/) }}", "[\"b\",\"b\",null]")]
    [InlineData("{{ $input.all() }}", "[{\"json\":{\"a\":1.0}}]")]
    [InlineData("{{ Duration.fromObject({hours: 2}) }}", "\"PT2H\"")]
    [InlineData("{{ [[$json, $json], $json] }}", "[[{\"a\":1.0},{\"a\":1.0}],{\"a\":1.0}]")]
    [InlineData("{{ undefined }}", "undefined")]
    [InlineData("{{ () => 1 }}", "undefined")]
    public void Results_become_JSON_as_JSON_stringify_would_write_them(string text, string expected)
    {
        var value = Language.Text(text, """{"a":1.0}""");

        Assert.Equal(expected, value.ToString());
        Assert.True(value.AsObject?.IsFrozen ?? value.AsArray?.IsFrozen ?? true);
    }

    [Fact]
    public void The_workflows_data_is_handed_on_as_it_is()
    {
        var scope = Language.Scope("""{"o":{"x":1}}""");

        Assert.Same(scope.Items[0].Json["o"].AsObject, Template.Compile("{{ $json.o }}").Evaluate(scope).AsObject);
        Assert.Same(scope.Items[0].Json["o"].AsObject, Template.Compile("{{ [$json.o] }}").Evaluate(scope).AsArray![0].AsObject);
    }

    [Theory]
    [InlineData("$json.list.sort()", "[1,2,3]")]
    [InlineData("$json.list.reverse()", "[2,1,3]")]
    [InlineData("$json.list.push(9)", "4")]
    [InlineData("$json.list.pop()", "2")]
    [InlineData("$json.list.splice(0, 1)", "[3]")]
    [InlineData("$json.list.fill(0)", "[0,0,0]")]
    [InlineData("Object.assign($json, {x: 1}).x", "1")]
    [InlineData("Object.assign($json.list, [7])", "[7,1,2]")]
    public void What_changes_its_array_works_on_a_copy_of_the_workflows_data(string expression, string expected)
    {
        Assert.Equal(expected, Language.Evaluate(expression, """{"list":[3,1,2]}"""));
        Assert.Equal("[3,1,2]", Language.Evaluate($"[{expression}, $json.list][1]", """{"list":[3,1,2]}"""));
    }

    [Theory]
    [InlineData("(() => { $json.a = 1; })()", "copy it first")]
    [InlineData("(() => { $json.list[0] = 1; })()", "copy it first")]
    [InlineData("(() => { delete $json.list; })()", "can be deleted")]
    [InlineData("(() => { 'abc'[0] = 'x'; })()", "cannot be set")]
    [InlineData("(() => { const a = []; a.name = 1; })()", "no property 'name'")]
    [InlineData("(() => { const a = []; a.length = -1; })()", "length")]
    public void The_workflows_data_cannot_be_changed(string expression, string message) =>
        Assert.Contains(message, Language.Error(expression, """{"list":[3,1,2]}""").Message, StringComparison.Ordinal);

    [Fact]
    public void A_template_names_the_nodes_that_it_refers_to()
    {
        var template = Template.Compile("{{ $('a').item.json.x + $('b').first().json.y }} {{ $node['c'].json }} {{ $node.d.json }} {{ $(`e`).all() }} {{ $('f') }} {{ $('g').itemMatching(0) }}");

        Assert.Equal(["a", "b", "c", "d", "e", "f", "g"], template.References.Select(r => r.Name));
        Assert.Equal([true, false, true, true, false, true, true], template.References.Select(r => r.Use.HasFlag(NodeUse.Item)));
        Assert.Equal(3, template.References[0].Position);
        Assert.False(template.HasDynamicReferences);
    }

    [Theory]
    [InlineData("{{ $($json.node).first() }}")]
    [InlineData("{{ $node[$json.node].json }}")]
    [InlineData("{{ $(`n${1}`).all() }}")]
    [InlineData("{{ ['a'].map($) }}")]
    public void A_name_that_only_evaluation_knows_is_a_dynamic_reference(string text) => Assert.True(Template.Compile(text).HasDynamicReferences);

    [Fact]
    public void A_variable_of_the_expression_that_is_called_dollar_is_no_reference()
    {
        var template = Template.Compile("{{ [1].map($ => $) }} {{ ($node => $node.x)({x: 1}) }} {{ ($ => $('a'))(x => x) }}");

        Assert.Empty(template.References);
        Assert.False(template.HasDynamicReferences);
        Assert.Equal("[1] 1 a", template.Evaluate(Language.Scope()).AsString);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a } b }} c { d")]
    public void A_text_without_expressions_is_itself(string text) => Assert.Equal(text, Template.Compile(text).Evaluate(Language.Scope()).AsString ?? "");

    [Theory]
    [InlineData("{{ 1 + 1 }}", "2", "number", "2")]
    [InlineData("{{ 'a' }}", "\"a\"", "string", "a")]
    [InlineData("{{ $json.id }}", "1.0", "number", "1.0")]
    [InlineData("{{ undefined }}", "null", "undefined", "undefined")]
    [InlineData("{{ null }}", "null", "null", "null")]
    [InlineData("{{ NaN }}", "null", "number", "NaN")]
    [InlineData("{{ [1, 2] }}", "[1,2]", "array", "1,2")]
    [InlineData("{{ {a: 1} }}", "{\"a\":1}", "object", "[object Object]")]
    [InlineData("{{ x => x }}", "null", "function", "x => x")]
    [InlineData("{{ /a/ }}", "{}", "regexp", "/a/")]
    [InlineData("{{ new Set() }}", "{}", "set", "[object Set]")]
    [InlineData("{{ new Map() }}", "{}", "map", "[object Map]")]
    [InlineData("{{ $today }}", "\"2024-03-05T00:00:00.000Z\"", "date", "2024-03-05T00:00:00.000Z")]
    [InlineData("{{ true }}", "true", "boolean", "true")]
    [InlineData("{{ $json.gone }}", "null", "undefined", "undefined")]
    [InlineData("a{{ 1 }}", "\"a1\"", "string", "a1")]
    public void A_result_is_explained_to_those_who_try_an_expression_out(string text, string value, string type, string printed)
    {
        var result = Template.Compile(text).Explain(Language.Scope("""{"id":1.0}"""));

        Assert.Equal((value, type, printed), (result.Value.ToString(), result.Type, result.Text));
    }

    [Fact]
    public void Variables_environment_variables_and_secrets_are_noted_by_name()
    {
        var template = Template.Compile("{{ $vars.a + $vars['b'].length + $env.C }} {{ $secrets?.d }} {{ Object.keys($vars) }} {{ [1].map($vars => $vars.none) }}");

        Assert.Equal(["$vars.a", "$vars.b", "$env.C", "$secrets.d", "$vars."], template.Settings.Select(s => $"{s.Root}.{s.Name}"));
        Assert.Equal(3, template.Settings[0].Position);
    }
}
