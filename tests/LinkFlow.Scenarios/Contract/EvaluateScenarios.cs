using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Contract;

/// <summary><c>POST /expressions/evaluate</c>: on a sample, and as a node's run of an execution saw things.</summary>
public sealed class EvaluateScenarios(TestServer server) : IClassFixture<TestServer>
{
    private const string Orders = """
        {"name":"Orders","nodes":[
          {"id":"start","type":"start"},
          {"id":"lines","name":"Each line","type":"split","parameters":{"field":"lines"}},
          {"id":"each","type":"loop","parameters":{"batchSize":1}},
          {"id":"priced","type":"set_variable","parameters":{"fields":{"total":"{{ $json.price * 2 }}"}}},
          {"id":"last","type":"set_variable","parameters":{"fields":{"price":"{{ $('Each line').item.json.price }}","total":"{{ $('priced').item.json.total }}"}}},
          {"id":"wait","type":"wait","parameters":{"for":"signal","name":"go"}},
          {"id":"never","type":"no_op"}],
         "connections":[{"source":"start","target":"lines"},{"source":"lines","target":"each"},{"source":"each","sourceOutput":"loop","target":"priced"},
          {"source":"priced","target":"each"},{"source":"each","sourceOutput":"done","target":"last"},{"source":"last","target":"wait"},{"source":"wait","target":"never"}]}
        """;

    private const string Input = """{"input":{"lines":[{"price":1},{"price":2},{"price":3}]}}""";

    [Theory]
    [InlineData("{{ $json.a + 1 }}", "2", "number", "2")]
    [InlineData("{{ $json.name }}", "\"Ada\"", "string", "Ada")]
    [InlineData("no expression", "\"no expression\"", "string", "no expression")]
    [InlineData("", "\"\"", "string", "")]
    [InlineData("{{ $json.a }} and {{ $json.name }}", "\"1 and Ada\"", "string", "1 and Ada")]
    [InlineData("\\{{ $json.a }}", "\"{{ $json.a }}\"", "string", "{{ $json.a }}")]
    [InlineData("{{ true }}", "true", "boolean", "true")]
    [InlineData("{{ null }}", "null", "null", "null")]
    [InlineData("{{ $json.nothing }}", "null", "undefined", "undefined")]
    [InlineData("{{ NaN }}", "null", "number", "NaN")]
    [InlineData("{{ -Infinity }}", "null", "number", "-Infinity")]
    [InlineData("{{ [1, 'b'] }}", "[1,\"b\"]", "array", "1,b")]
    [InlineData("{{ ({a: 1}) }}", "{\"a\":1}", "object", "[object Object]")]
    [InlineData("{{ /a+/g }}", null, "regexp", "/a+/g")]
    [InlineData("{{ new Set([1]) }}", null, "set", "[object Set]")]
    [InlineData("{{ new Map() }}", null, "map", "[object Map]")]
    [InlineData("{{ $now }}", null, "date", null)]
    [InlineData("{{ new Date(0) }}", "\"1970-01-01T00:00:00.000Z\"", "date", null)]
    [InlineData("{{ x => x }}", "null", "function", "x => x")]
    [InlineData("{{ $input.all().length + $itemIndex }}", "1", "number", "1")]
    [InlineData("{{ $json.big }}", "12345678901234567890", "number", null)]
    public async Task A_value_is_shown_with_its_type_and_text(string expression, string? value, string type, string? text)
    {
        var answer = await EvaluateAsync(new ObjectValue { { "expression", expression }, { "item", JsonText.Parse("""{"json":{"a":1,"name":"Ada","big":12345678901234567890}}""") } });

        Assert.Equal((true, type), (answer["ok"].AsBoolean, answer["type"].AsString));
        if (value is not null) Assert.Equal(value, JsonText.Write(answer["value"]));
        if (text is not null) Assert.Equal(text, answer["text"].AsString);
    }

    [Theory]
    [InlineData("{{ $json.a.b.c }}", "TYPE", 11, "Cannot read 'c' of undefined")]
    [InlineData("{{ 1 + }}", "SYNTAX", 7, "")]
    [InlineData("text {{ $jsn.a }}", "UNKNOWN_NAME", 8, "Did you mean '$json'?")]
    [InlineData("{{ 'a'.toUperCase() }}", "", 7, "Did you mean 'toUpperCase'?")]
    [InlineData("{{ $json.a }} {{ $json.nothing }}", "UNDEFINED", 23, "undefined")]
    [InlineData("{{ $('lines').first() }}", "NOT_EXECUTED", 3, "give executionId and nodeId")]
    [InlineData("{{ $secrets.key }}", "TYPE", -1, "only in the fields of a credential")]
    [InlineData("{{ 'a'.repeat(1e9) }}", "LIMIT", -1, "bytes")]
    [InlineData("{{ (() => { for (const x of [1]) { while (true) {} } })() }}", "", -1, "")]
    [InlineData("{{ (() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a; })() }}", "", -1, "")]
    public async Task An_expression_that_fails_is_an_answer_with_the_place(string expression, string code, int position, string message)
    {
        var answer = await EvaluateAsync(new ObjectValue { { "expression", expression }, { "item", JsonText.Parse("""{"json":{"a":{"n":1}}}""") } });

        Assert.False(answer["ok"].AsBoolean, answer.ToString());
        if (code.Length > 0) Assert.Equal(code, answer["error"]["code"].AsString);
        if (position >= 0) Assert.Equal(position, answer["error"]["position"].AsNumber);
        Assert.Contains(message, answer["error"]["message"].AsString!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ $json.total }}", "last", 0, 1, "4")]
    [InlineData("{{ $input.all().length }}", "last", 0, 0, "3")]
    [InlineData("{{ $('Each line').item.json.price }}", "last", 0, 2, "3")]
    [InlineData("{{ $('priced').itemMatching(0).json.total }}", "last", 0, 2, "2")]
    [InlineData("{{ $('priced').first().json.total }}", "last", 0, 0, "6")]
    [InlineData("{{ $json.price }}", "priced", 1, 0, "2")]
    [InlineData("{{ $runIndex }}", "priced", 2, 0, "2")]
    [InlineData("{{ $('Each line').item.json.price }}", "priced", 1, 0, "2")]
    [InlineData("{{ $prevNode.name }} {{ $prevNode.outputIndex }} {{ $prevNode.runIndex }}", "priced", 1, 0, "\"each 0 0\"")]
    [InlineData("{{ $json.total }}", "wait", 0, 0, "2")]
    [InlineData("{{ $json.lines.length }}", "Each line", 0, 0, "3")]
    [InlineData("{{ $workflow.name }} {{ $execution.mode }}", "last", 0, 0, "\"Orders manual\"")]
    [InlineData("{{ $('never').isExecuted }}", "last", 0, 0, "false")]
    [InlineData("{{ $execution.resumeUrl.includes('/resume/') }}", "last", 0, 0, "true")]
    [InlineData("{{ $input.params.fields.total }}", "priced", 0, 0, "\"{{ $json.price * 2 }}\"")]
    public async Task A_runs_variables_are_those_that_it_had(string expression, string node, int run, int item, string value)
    {
        var execution = await RunAsync();
        var answer = await EvaluateAsync(In(execution, expression, node).Set("run", run).Set("itemIndex", item));

        Assert.True(answer["ok"].AsBoolean, answer.ToString());
        Assert.Equal(value, JsonText.Write(answer["value"]));
    }

    [Fact]
    public async Task Now_and_random_numbers_are_the_same_as_often_as_one_asks()
    {
        var execution = await RunAsync();
        var first = await EvaluateAsync(In(execution, "{{ $now.toMillis() }} {{ Math.random() }}", "last"));
        var second = await EvaluateAsync(In(execution, "{{ $now.toMillis() }} {{ Math.random() }}", "last"));

        Assert.True(first["ok"].AsBoolean, first.ToString());
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("""{}""", "/expression")]
    [InlineData("""{"expression":5}""", "/expression")]
    [InlineData("""{"expression":"1","item":5}""", "/item")]
    [InlineData("""{"expression":"1","item":{"a":1}}""", "/item/json")]
    [InlineData("""{"expression":"1","item":{"json":{},"binary":5}}""", "/item")]
    [InlineData("""{"expression":"1","items":{}}""", "/items")]
    [InlineData("""{"expression":"1","items":[{"json":{}},7]}""", "/items/1")]
    [InlineData("""{"expression":"1","item":{"json":{}},"items":[]}""", "/items")]
    [InlineData("""{"expression":"1","item":{"json":{}},"itemIndex":1}""", "/itemIndex")]
    [InlineData("""{"expression":"1","itemIndex":-1}""", "/itemIndex")]
    [InlineData("""{"expression":"1","executionId":"x"}""", "/nodeId")]
    [InlineData("""{"expression":"1","nodeId":"x"}""", "/executionId")]
    [InlineData("""{"expression":"1","executionId":"x","nodeId":"y","item":{"json":{}}}""", "/item")]
    [InlineData("""{"expression":"1","run":1}""", "/run")]
    [InlineData("""{"expresion":"1"}""", "/expresion")]
    public async Task What_cannot_be_meant_is_400_by_pointer(string body, string pointer)
    {
        var (status, answer, _) = await server.SendAsync("POST", "/api/v1/expressions/evaluate", body);

        Assert.Equal(400, status);
        Assert.True(answer["error"]["details"][pointer].IsArray, answer.ToString());
    }

    [Theory]
    [InlineData("lats", 0, 0, 400)]
    [InlineData("last", 0, 3, 400)]
    [InlineData("last", 1, 0, 404)]
    [InlineData("never", 0, 0, 404)]
    public async Task A_place_that_the_execution_does_not_have_is_said_so(string node, int run, int item, int status)
    {
        var execution = await RunAsync();

        Assert.Equal(status, (await server.SendAsync("POST", "/api/v1/expressions/evaluate", JsonText.Write(In(execution, "{{ 1 }}", node).Set("run", run).Set("itemIndex", item)))).Status);
    }

    [Fact]
    public async Task An_execution_that_is_not_there_is_404()
    {
        var (status, answer, _) = await server.SendAsync("POST", "/api/v1/expressions/evaluate", JsonText.Write(In("none", "{{ 1 }}", "start")));

        Assert.Equal((404, "NOT_FOUND"), (status, answer["error"]["code"].AsString));
    }

    [Fact]
    public async Task A_key_that_may_only_read_executions_may_evaluate_and_sees_no_resume_url()
    {
        var execution = await RunAsync();
        var readers = await KeyAsync("execution:read");
        var others = await KeyAsync("workflow:read");
        var body = JsonText.Write(In(execution, "{{ $execution.resumeUrl === undefined }}", "last"));

        Assert.True((await SendAsAsync(readers, body)).Body["value"].AsBoolean);
        Assert.Equal(403, (await SendAsAsync(others, body)).Status);
    }

    [Fact]
    public async Task Variables_are_seen_by_who_may_read_them_and_secret_ones_by_nobody()
    {
        await server.SendAsync("POST", "/api/v1/variables", """{"name":"SHOP","value":"north","type":"string","scope":"tenant"}""");
        await server.SendAsync("POST", "/api/v1/variables", """{"name":"HIDDEN","value":"s3cret-value","type":"string","scope":"tenant","secret":true}""");
        var execution = await RunAsync();
        var (sample, recorded) = ("""{"expression":"{{ JSON.stringify($vars) }}"}""", JsonText.Write(In(execution, "{{ JSON.stringify($vars) }}", "last")));
        var readers = await KeyAsync("execution:read");

        foreach (var body in new[] { sample, recorded })
        {
            Assert.Contains("north", (await server.SendAsync("POST", "/api/v1/expressions/evaluate", body)).Body["value"].AsString!, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", (await server.SendAsync("POST", "/api/v1/expressions/evaluate", body)).Body.ToString(), StringComparison.Ordinal);
            Assert.Equal("{}", (await SendAsAsync(readers, body)).Body["value"].AsString);
        }
    }

    [Fact]
    public async Task What_the_run_reads_of_an_express_execution_is_there_too()
    {
        var workflow = """{"name":"Quick","nodes":[{"id":"start","type":"start"},{"id":"a","type":"set_variable","parameters":{"fields":{"n":"{{ $json.n + 1 }}"}}}],"connections":[{"source":"start","target":"a"}],"settings":{"mode":"express"}}""";
        var id = (await server.SendAsync("POST", "/api/v1/workflows", workflow)).Body["id"].AsString!;
        var ran = (await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", """{"input":{"n":4},"wait":true}""")).Body;

        Assert.Equal(4, (await EvaluateAsync(In(ran["id"].AsString!, "{{ $('start').item.json.n }}", "a")))["value"].AsNumber);
    }

    private async Task<(int Status, Value Body)> SendAsAsync(string key, string body)
    {
        using var http = server.CreateClient();
        http.DefaultRequestHeaders.Add("X-API-Key", key);
        using var answer = await http.PostAsync(new Uri("/api/v1/expressions/evaluate", UriKind.Relative), new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, JsonText.Parse(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<string> KeyAsync(string scope) =>
        (await server.SendAsync("POST", "/api/v1/api-keys", $$"""{"name":"{{scope}}","scopes":["{{scope}}"]}""")).Body["key"].AsString!;

    private static ObjectValue In(string execution, string expression, string node) =>
        new() { { "expression", expression }, { "executionId", execution }, { "nodeId", node } };

    private async Task<Value> EvaluateAsync(ObjectValue body)
    {
        var (status, answer, _) = await server.SendAsync("POST", "/api/v1/expressions/evaluate", JsonText.Write(body));
        return status == 200 ? answer : throw new InvalidOperationException(answer.ToString());
    }

    /// <summary>An execution that rests on its wait.</summary>
    private async Task<string> RunAsync()
    {
        var id = (await server.SendAsync("POST", "/api/v1/workflows", Orders)).Body["id"].AsString!;
        var (_, answer, _) = await server.SendAsync("POST", $"/api/v1/workflows/{id}/execute", Input);
        await server.UntilAsync(answer["executionId"].AsString!, "waiting");
        return answer["executionId"].AsString!;
    }
}
