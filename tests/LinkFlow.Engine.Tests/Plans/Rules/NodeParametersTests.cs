using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Plans.Rules;

public sealed class NodeParametersTests
{
    private const string Schema = """
        {"type":"object","required":["url"],"additionalProperties":false,"properties":{
          "url":{"type":"string"},"method":{"enum":["GET","POST"]},"outputs":{"type":"integer","maximum":3},
          "rules":{"type":"array","items":{"type":"object","properties":{"output":{"type":"string"}},"additionalProperties":false}}}}
        """;

    private static readonly NodeRegistry Registry = new([.. TestNodes.Registry.All, new Fetch()]);

    [Theory]
    [InlineData("""{"url":"x","ulr":1}""", "UNKNOWN_PARAMETER", "/ulr", "Node 'fetch', ulr: 'ulr' is not known here. Did you mean 'url'?")]
    [InlineData("""{"url":"x","zzz":1}""", "UNKNOWN_PARAMETER", "/zzz", "Node 'fetch', zzz: 'zzz' is not known here; known are url, method, outputs, rules.")]
    [InlineData("{}", "MISSING_PARAMETER", "", "Node 'fetch', parameters: 'url' is missing; it must be a string.")]
    [InlineData("""{"url":"x","method":"PSOT"}""", "INVALID_PARAMETER", "/method", "Node 'fetch', method: must be one of \"GET\", \"POST\"; is \"PSOT\". Did you mean 'POST'?")]
    [InlineData("""{"url":"x","rules":[{},{"output":7}]}""", "INVALID_PARAMETER", "/rules/1/output", "Node 'fetch', rules.1.output: must be a string; is 7.")]
    [InlineData("""{"url":"forbidden"}""", "INVALID_PARAMETER", "/url", "Node 'fetch', url: This URL is forbidden.")]
    public void A_parameter_that_does_not_fit_is_told_with_its_place(string parameters, string code, string pointer, string message) =>
        Assert.Equal([new PlanError(code, message, "fetch", $"/nodes/1/parameters{pointer}")], Errors("start > fetch:fetch", parameters));

    [Fact]
    public void All_of_them_are_told_at_once() =>
        Assert.Equal(["", "/method", "/rules", "/x"], Errors("start > fetch:fetch", """{"method":1,"rules":2,"x":3}""").Select(e => e.Pointer["/nodes/1/parameters".Length..]));

    [Fact]
    public void Further_checks_wait_until_the_schema_is_satisfied() =>
        Assert.Equal(["UNKNOWN_PARAMETER"], Errors("start > fetch:fetch", """{"url":"forbidden","x":1}""").Select(e => e.Code));

    [Fact]
    public void Connections_are_not_blamed_for_outputs_that_wrong_parameters_decide()
    {
        Assert.Equal(["INVALID_PARAMETER"], Errors("start > fetch:fetch; fetch.out1 > a", """{"url":"x","outputs":2000000000}""").Select(e => e.Code));
        Assert.Equal(["UNKNOWN_OUTPUT"], Errors("start > fetch:fetch; fetch.out2 > a", """{"url":"x","outputs":2}""").Select(e => e.Code));
    }

    private static IReadOnlyList<PlanError> Errors(string graph, string parameters) =>
        DefinitionValidation.Of(Graph.Of(graph).With("fetch", JsonText.Parse(parameters).AsObject!), Registry, new DefinitionLimits()).Errors;

    /// <summary>Has as many outputs as it is told, so it must be asked only for parameters that fit.</summary>
    private sealed class Fetch : INode
    {
        public NodeDescriptor Descriptor { get; } = new()
        {
            Type = "fetch",
            Name = "Fetch",
            Group = "test",
            Description = "",
            ParametersSchema = JsonText.Parse(Schema).AsObject!,
            OutputsOf = p => [.. Enumerable.Range(0, (int)p["outputs"].AsNumber).Select(i => $"out{i}")],
            Check = p => p["url"] == "forbidden" ? [("/url", "This URL is forbidden.")] : [],
        };

        public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(new NodeResult());
    }
}
