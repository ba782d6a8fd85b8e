using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Plans.Rules;

public sealed class ExpressModeTests
{
    private static readonly NodeRegistry Registry = new([.. TestNodes.Registry.All, new TestNode("schedule") { Kind = NodeKind.Trigger }]);

    [Theory]
    [InlineData("start > a")]
    [InlineData("subworkflow > a > execute_workflow")]
    [InlineData("webhook > a")]
    public void An_express_workflow_is_started_by_a_call_that_awaits_it(string graph) =>
        Assert.Empty(Errors(Graph.Of(graph), webhookMode: "lastNode"));

    [Theory]
    [InlineData("start > a > wait", "lastNode", "EXPRESS_WAITS", "/nodes/2/type")]
    [InlineData("webhook > a", "immediately", "EXPRESS_ANSWERS_IMMEDIATELY", "/nodes/0/parameters/responseMode")]
    [InlineData("webhook > a", null, "EXPRESS_ANSWERS_IMMEDIATELY", "/nodes/0/parameters/responseMode")]
    [InlineData("schedule:schedule > a", null, "EXPRESS_TRIGGER", "/nodes/0/type")]
    [InlineData("start > execute_workflow", null, "EXPRESS_AWAITS_DURABLE", "/nodes/1/parameters/workflowId")]
    public void What_outlives_the_call_is_an_error(string graph, string? webhookMode, string code, string pointer)
    {
        var definition = Graph.Of(graph).With("execute_workflow", new ObjectValue { { "workflowId", "durable" } });

        Assert.Equal([(code, pointer)], Errors(definition, webhookMode).Select(e => (e.Code, e.Pointer)));
    }

    [Theory]
    [InlineData("express", true)]
    [InlineData("unknown", true)]
    [InlineData("durable", false)]
    public void Only_awaited_durable_workflows_are_refused(string workflow, bool wait)
    {
        var definition = Graph.Of("start > execute_workflow").With("execute_workflow", new ObjectValue { { "workflowId", workflow }, { "wait", wait } });

        Assert.Empty(Errors(definition, null));
    }

    [Fact]
    public void A_disabled_wait_does_not_wait() =>
        Assert.Empty(Errors(Graph.Of("start > wait").With("wait", n => n with { Disabled = true }), null));

    [Fact]
    public void A_durable_workflow_may_do_all_of_it() =>
        Assert.Empty(DefinitionValidation.Of(Graph.Of("webhook > wait > execute_workflow; schedule:schedule > wait"), Registry, new DefinitionLimits()).Errors);

    private static IReadOnlyList<PlanError> Errors(WorkflowDefinition definition, string? webhookMode) =>
        DefinitionValidation.Of(
            definition.With(s => s with { Mode = ExecutionMode.Express })
                .With("webhook", webhookMode is null ? new ObjectValue() : new ObjectValue { { "responseMode", webhookMode } }),
            Registry, new DefinitionLimits(),
            id => id switch { "durable" => ExecutionMode.Durable, "express" => ExecutionMode.Express, _ => null }).Errors;
}
