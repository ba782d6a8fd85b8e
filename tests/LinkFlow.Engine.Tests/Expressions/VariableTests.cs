using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

public sealed class VariableTests
{
    private static readonly ExpressionScope Scope = new()
    {
        Items = [Item("""{"i":0}"""), Item("""{"i":1,"name":"Ann","Math2":5}""") with { Binary = new Dictionary<string, BinaryReference> { ["file"] = new("f1", "text/plain", "a.txt", 12) } }, Item("""{"i":2}""")],
        ItemIndex = 1,
        RunIndex = 3,
        FindNode = Find,
        Previous = new PreviousNode("before", 1, 2),
        Parameters = new ObjectValue { { "url", "u" } },
        Workflow = new ObjectValue { { "id", "w1" }, { "name", "Orders" }, { "active", true } },
        Execution = new ObjectValue { { "id", "e1" }, { "mode", "manual" } },
        Variables = new ObjectValue { { "region", "eu" } },
        Environment = new ObjectValue { { "STAGE", "test" } },
        Now = Language.Now,
        TimeZone = "Europe/Berlin",
        NextRandom = () => 0.25,
    };

    [Theory]
    [InlineData("$json", """{"i":1,"name":"Ann","Math2":5}""")]
    [InlineData("name", "\"Ann\"")]
    [InlineData("Math2 + i", "6")]
    [InlineData("gone", "undefined")]
    [InlineData("$binary.file.fileName", "\"a.txt\"")]
    [InlineData("$binary", """{"file":{"fileId":"f1","mimeType":"text/plain","fileName":"a.txt","size":12}}""")]
    [InlineData("$item.json.i", "1")]
    [InlineData("Object.keys($item)", """["json","binary"]""")]
    [InlineData("$item.binary.file.size", "12")]
    [InlineData("$item.gone", "undefined")]
    [InlineData("$itemIndex", "1")]
    [InlineData("$runIndex", "3")]
    [InlineData("$input.all().length", "3")]
    [InlineData("$input.all().map(x => x.json.i)", "[0,1,2]")]
    [InlineData("$input.first().json.i", "0")]
    [InlineData("$input.last().json.i", "2")]
    [InlineData("$input.item.json.i", "1")]
    [InlineData("$input.params.url", "\"u\"")]
    [InlineData("$input.gone", "undefined")]
    [InlineData("Object.keys($input)", """["item","params"]""")]
    [InlineData("$prevNode", """{"name":"before","outputIndex":1,"runIndex":2}""")]
    [InlineData("$workflow.name", "\"Orders\"")]
    [InlineData("$execution.mode", "\"manual\"")]
    [InlineData("$vars.region", "\"eu\"")]
    [InlineData("$vars.gone", "undefined")]
    [InlineData("$env.STAGE", "\"test\"")]
    [InlineData("$env.LinkFlow__Secret", "undefined")]
    [InlineData("$now.toISO()", "\"2024-03-05T15:07:09.042+01:00\"")]
    [InlineData("$today.toISO()", "\"2024-03-05T00:00:00.000+01:00\"")]
    [InlineData("new Date().getTime() - $now.toMillis()", "0")]
    [InlineData("new Date().getHours()", "15")]
    [InlineData("Math.random()", "0.25")]
    [InlineData("$if(1 > 0, 'a', 'b')", "\"a\"")]
    [InlineData("$if(0, 'a', 'b')", "\"b\"")]
    [InlineData("[$ifEmpty('', 1), $ifEmpty([], 2), $ifEmpty({}, 3), $ifEmpty(null, 4), $ifEmpty(undefined, 5), $ifEmpty(0, 6), $ifEmpty('x', 7)]", "[1,2,3,4,5,0,\"x\"]")]
    [InlineData("[$min(3, 1, 2), $max(3, 1, 2)]", "[1,3]")]
    [InlineData("$fromJson('{\"a\":[1]}').a[0]", "1")]
    public void A_variable_shows_the_items_surroundings(string expression, string expected) => Assert.Equal(expected, Evaluate(expression));

    [Theory]
    [InlineData("$('shop').first().json.n", "1")]
    [InlineData("$('shop').last().json.n", "2")]
    [InlineData("$('shop').all().map(x => x.json.n)", "[1,2]")]
    [InlineData("$('shop').all(1).length", "0")]
    [InlineData("$('shop').item.json.n", "2")]
    [InlineData("$('shop').itemMatching(0).json.n", "1")]
    [InlineData("$('shop').pairedItem().json.n", "2")]
    [InlineData("$('shop').params.path", "\"p\"")]
    [InlineData("$('shop').parameter.path", "\"p\"")]
    [InlineData("$('shop').isExecuted", "true")]
    [InlineData("$('shop').name", "\"shop\"")]
    [InlineData("$('shop').gone", "undefined")]
    [InlineData("JSON.stringify($('shop'))", "\"{\\\"name\\\":\\\"shop\\\",\\\"params\\\":{\\\"path\\\":\\\"p\\\"},\\\"isExecuted\\\":true}\"")]
    [InlineData("$('idle').isExecuted", "false")]
    [InlineData("$('idle').isExecuted ? $('idle').first() : 'none'", "\"none\"")]
    [InlineData("$node['shop'].json.n", "2")]
    [InlineData("$node.shop.json.n", "2")]
    [InlineData("$node['sh' + 'op'].json.n", "2")]
    [InlineData("$node['shop'].binary", "{}")]
    [InlineData("$($json.gone ?? 'shop').first().json.n", "1")]
    [InlineData("$('shop')?.first()?.json?.n", "1")]
    [InlineData("(n => n.first().json.n)($('shop'))", "1")]
    public void Another_node_shows_its_items(string expression, string expected) => Assert.Equal(expected, Evaluate(expression));

    [Theory]
    [InlineData("$('nowhere').first()", ExpressionErrorCodes.UnknownName, "no node 'nowhere'")]
    [InlineData("$node.nowhere.json", ExpressionErrorCodes.UnknownName, "no node 'nowhere'")]
    [InlineData("$('idle').first()", ExpressionErrorCodes.NotExecuted, "has not been executed")]
    [InlineData("$('idle').item", ExpressionErrorCodes.NotExecuted, "has not been executed")]
    [InlineData("$('shop').itemMatching(2)", ExpressionErrorCodes.Pairing, "cannot be derived")]
    [InlineData("$('unpaired').item", ExpressionErrorCodes.Pairing, "Use $('unpaired').first()")]
    [InlineData("$('shop').all(7)", ExpressionErrorCodes.Range, "has 2 outputs")]
    [InlineData("$secrets.key", ExpressionErrorCodes.Type, "only in the fields of a credential")]
    public void What_another_node_cannot_show_is_an_error(string expression, string code, string message)
    {
        var error = Assert.Throws<ExpressionException>(() => Evaluate(expression));

        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_items_or_surroundings_variables_are_empty()
    {
        var empty = new ExpressionScope();

        Assert.Equal("[{},null,{},null,null,{},0]", Template.Compile("{{ [$json, $item, $binary, $input.first(), $input.last(), $prevNode, $input.all().length] }}").Evaluate(empty).ToString());
        Assert.Throws<InvalidOperationException>(() => Template.Compile("{{ Math.random() }}").Evaluate(empty));
    }

    [Fact]
    public void Secrets_are_seen_where_the_scope_has_them() =>
        Assert.Equal("s", Template.Compile("{{ $secrets.key }}").Evaluate(Scope with { Secrets = new ObjectValue { { "key", "s" } } }).AsString);

    private static string Evaluate(string expression) => Template.Compile("{{ " + expression + " }}").Evaluate(Scope).ToString();

    private static NodeView? Find(string name) => name switch
    {
        "shop" => new NodeView(name, new ObjectValue { { "path", "p" } }, [[Item("""{"n":1}"""), Item("""{"n":2}""")], []]) { PairedItem = i => i == 2 ? null : Item($$"""{"n":{{i + 1}}}""") },
        "unpaired" => new NodeView(name, [], [[Item("{}")]]),
        "idle" => new NodeView(name, [], null),
        _ => null,
    };

    private static Item Item(string json) => LinkFlow.Engine.Values.Item.Of(JsonText.Parse(json));
}
