using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary>An expression that fails in a running workflow: the execution's error names node, parameter, position, expression, and the nearest name.</summary>
public sealed class ExpressionErrorScenarios(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("http_request", """{"method":"GET","url":"https://example.com/{{ $json.customer.name }}"}""", "Cannot read 'name' of undefined in 'it' → url at 29: $json.customer.name")]
    [InlineData("http_request", """{"method":"GET","url":"https://example.com","headers":{"X-Id":"{{ $json.a.b.c }}"}}""", "Cannot read 'b' of undefined in 'it' → headers.X-Id at 9: $json.a.b.c")]
    [InlineData("http_request", """{"method":"GET","url":"{{ $('strat' + '').item.json.url }}"}""", "There is no node 'strat' in this workflow. Did you mean 'start'? in 'it' → url at 3: $('strat' + '').item.json.url")]
    [InlineData("set_variable", """{"fields":{"deep":{"list":["x","{{ $json.n.toUperCase() }}"]}}}""", "There is no method 'toUperCase' of the number 5 in 'it' → fields.deep.list.1 at 11: $json.n.toUperCase()")]
    [InlineData("set_variable", """{"fields":{"x":"{{ $json.n }} and {{ $json.nothing }} and more"}}""", "The value is undefined in 'it' → fields.x at 27: $json.nothing")]
    [InlineData("set_variable", """{"fields":{"x":"{{ $json.nn }}"}}""", "The value is undefined. Did you mean 'n'? in 'it' → fields.x at 9: $json.nn")]
    [InlineData("condition", """{"conditions":[{"left":"{{ $json.x.y }}","operator":"equals","right":1}]}""", "Cannot read 'y' of undefined in 'it' → conditions.0.left at 9: $json.x.y")]
    [InlineData("set_variable", """{"fields":{"x":"{{ $('other').first().json.x }}"}}""", "The node 'other' has not been executed before this one. Ask $('other').isExecuted first in 'it' → fields.x at 14: $('other').first().json.x")]
    public async Task The_executions_error_tells_where(string type, string parameters, string message)
    {
        var error = (await FailAsync(type, parameters))["error"];

        Assert.Equal(("EXPRESSION_ERROR", "it"), (error["code"].AsString, error["nodeId"].AsString));
        Assert.Equal(message, error["message"].AsString);
    }

    [Theory]
    [InlineData("""{"fields":{"x":"{{ $jsn.n }}"}}""", "INVALID_EXPRESSION", "/nodes/1/parameters/fields/x", "Node 'it', fields.x at 3: There is no variable '$jsn'. Did you mean '$json'?")]
    [InlineData("""{"fields":{"x":"a {{ 1 + }}"}}""", "INVALID_EXPRESSION", "/nodes/1/parameters/fields/x", "Node 'it', fields.x at 9: Expected a value, found the end of the expression.")]
    [InlineData("""{"fields":{"a":{"b":["{{ $('strat').item.json.n }}"]}}}""", "UNKNOWN_NODE_REFERENCE", "/nodes/1/parameters/fields/a/b/0", "Node 'it', fields.a.b.0 at 3: it refers to node 'strat', and no node has that id or name. Did you mean 'start'?")]
    public async Task What_can_be_known_before_is_told_by_validation(string parameters, string code, string pointer, string message)
    {
        var (_, answer, _) = await server.SendAsync("POST", "/api/v1/workflows/validate", Workflow("set_variable", parameters));
        var error = Assert.Single(answer["errors"].AsArray!);

        Assert.Equal((code, pointer, "it"), (error["code"].AsString, error["pointer"].AsString, error["nodeId"].AsString));
        Assert.Equal(message, error["message"].AsString);
    }

    private async Task<Value> FailAsync(string type, string parameters)
    {
        var id = (await server.SendAsync("POST", "/api/v1/workflows", Workflow(type, parameters))).Body["id"].AsString!;
        var (_, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":{"n":5},"wait":true}""");
        return answer["status"].AsString == "error" ? answer : throw new InvalidOperationException(answer.ToString());
    }

    private static string Workflow(string type, string parameters) => $$"""
        {"name":"Fails","nodes":[{"id":"start","type":"start"},{"id":"it","type":"{{type}}","parameters":{{parameters}}},{"id":"other","type":"no_op"}],
         "connections":[{"source":"start","target":"it"},{"source":"start","target":"other"}]}
        """;
}
