using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Schemas;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Tests;

public class DescriptorTests
{
    public static TheoryData<string> Types => [.. NodeTest.Registry.All.Select(n => n.Descriptor.Type)];

    [Fact]
    public void The_node_types_are_those_of_the_reference() => Assert.Equal(
        [
            "condition", "error", "event", "execute_workflow", "filter", "http_request", "loop", "merge", "no_op", "respond", "schedule", "set_variable", "split", "start",
            "stop_and_error", "subworkflow", "switch", "transform", "wait", "webhook",
        ],
        NodeTest.Registry.All.Select(n => n.Descriptor.Type).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Types))]
    public void A_descriptor_says_all_that_the_reference_shows(string type)
    {
        var descriptor = NodeTest.Registry.Describe(type)!;

        Assert.All([descriptor.Name, descriptor.Group, descriptor.Description, descriptor.Documentation], text => Assert.NotEqual("", text));
        Assert.Equal(Value.False, descriptor.ParametersSchema["additionalProperties"]);
        Assert.All(descriptor.ParametersSchema["properties"].AsObject!, p => Assert.True(p.Value.IsObject, p.Key));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void An_example_fits_its_schema_and_passes_its_checks(string type)
    {
        var descriptor = NodeTest.Registry.Describe(type)!;
        var parameters = descriptor.Example["parameters"].AsObject ?? [];

        Assert.Equal(type, descriptor.Example["type"].AsString);
        Assert.Empty(JsonSchema.Compile(descriptor.ParametersSchema).Validate(parameters, allowExpressions: true));
        Assert.Empty(descriptor.Check?.Invoke(parameters) ?? []);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Only_requests_touch_the_world(string type) =>
        Assert.Equal(type == "http_request" ? Effect.External : Effect.Pure, NodeTest.Registry.Describe(type)!.Effect);

    [Theory]
    [InlineData("switch", """{"rules":[{"output":"a"},{"output":"b"},{"output":"a"}],"fallback":"c"}""", "a b c")]
    [InlineData("switch", """{"value":"x","cases":{"1":"a","2":"b"},"fallback":"b"}""", "a b")]
    [InlineData("switch", """{}""", "main")]
    [InlineData("wait", """{"for":"approval"}""", "approved rejected timeout")]
    [InlineData("wait", """{"for":"signal"}""", "main timeout")]
    [InlineData("condition", """{}""", "true false")]
    [InlineData("filter", """{}""", "main discarded")]
    [InlineData("loop", """{}""", "loop done")]
    [InlineData("stop_and_error", """{}""", "")]
    public void Outputs_follow_from_the_parameters(string type, string parameters, string outputs) =>
        Assert.Equal(outputs, string.Join(' ', NodeTest.Registry.Describe(type)!.OutputsFor(NodeTest.Object(parameters))));

    [Theory]
    [InlineData("{}", 2)]
    [InlineData("""{"inputs":4}""", 4)]
    [InlineData("""{"inputs":99}""", 10)]
    [InlineData("""{"inputs":"no"}""", 2)]
    public void A_merge_has_as_many_inputs_as_it_says(string parameters, int count)
    {
        var inputs = NodeTest.Registry.Describe("merge")!.InputsFor(NodeTest.Object(parameters));

        Assert.Equal(Enumerable.Range(1, count).Select(i => $"input{i}"), inputs);
    }

    [Theory]
    [InlineData("condition", "{}", "", "'conditions' or an 'expression' is required.")]
    [InlineData("condition", """{"conditions":[],"expression":"x"}""", "", "not both")]
    [InlineData("filter", """{"conditions":[{"left":1,"operator":"gt"}]}""", "/conditions/0", "needs a 'right'")]
    [InlineData("switch", "{}", "", "Give either 'rules'")]
    [InlineData("switch", """{"value":1}""", "", "belong together")]
    [InlineData("switch", """{"value":1,"cases":{"a":"{{ x }}"}}""", "/cases/a", "cannot be an expression")]
    [InlineData("switch", """{"rules":[{"output":"{{ x }}","expression":"{{ y }}"}]}""", "/rules/0/output", "cannot be an expression")]
    [InlineData("switch", """{"rules":[{"output":"a"}]}""", "/rules/0", "is required")]
    [InlineData("switch", """{"rules":[{"output":"a","expression":"x"}],"fallback":"{{ x }}"}""", "/fallback", "cannot be an expression")]
    [InlineData("merge", """{"mode":"key"}""", "", "'keys' is required")]
    [InlineData("merge", """{"mode":"key","keys":[],"inputs":3}""", "/inputs", "two inputs")]
    [InlineData("merge", """{"mode":"chooseBranch"}""", "", "'useInput' is required")]
    [InlineData("merge", """{"mode":"chooseBranch","useInput":"input3"}""", "/useInput", "input1 to input2")]
    [InlineData("merge", """{"inputs":"{{ 3 }}"}""", "/inputs", "cannot be an expression")]
    [InlineData("wait", """{"for":"duration"}""", "", "'seconds' is required")]
    [InlineData("wait", """{"for":"signal","name":"~x"}""", "/name", "cannot begin with '~'")]
    [InlineData("wait", """{"for":"until","at":"tomorrow"}""", "/at", "is no time")]
    [InlineData("wait", """{"for":"{{ x }}"}""", "/for", "cannot be an expression")]
    [InlineData("transform", """{"operations":[{"op":"rename","field":"a"}]}""", "/operations/0", "needs 'to'")]
    [InlineData("transform", """{"operations":[{"op":"set","field":["a"],"value":1}]}""", "/operations/0/field", "Only keep and remove")]
    [InlineData("http_request", """{"url":"https://a.b","body":1}""", "/body", "would not be sent")]
    [InlineData("http_request", """{"url":"https://a.b","bodyType":"json"}""", "", "'body' is required")]
    [InlineData("http_request", """{"url":"ftp://a.b"}""", "/url", "http:// or https://")]
    [InlineData("http_request", """{"url":"https://me:secret@a.b"}""", "/url", "Authorization header")]
    [InlineData("webhook", """{"path":"/a"}""", "/path", "without a slash")]
    [InlineData("webhook", """{"path":"a/ö"}""", "/path", "'ö' is not allowed")]
    [InlineData("webhook", """{"path":"a/../b"}""", "/path", "'..' is not allowed")]
    [InlineData("webhook", """{"path":":id/:id"}""", "/path", "captures ':id' twice")]
    [InlineData("webhook", """{"path":"~t/a"}""", "/path", "cannot begin with '~'")]
    [InlineData("webhook", """{"path":"{{ x }}"}""", "/path", "cannot be an expression")]
    [InlineData("webhook", """{"path":"a","dedupeBy":"{{ x }}"}""", "/dedupeBy", "cannot be an expression")]
    [InlineData("webhook", """{"path":"a","dedupeBy":{"header":"{{ x }}"}}""", "/dedupeBy/header", "use 'expression'")]
    [InlineData("webhook", """{"path":"a","dedupeBy":{"expression":"id"}}""", "/dedupeBy/expression", "the same for every call")]
    [InlineData("webhook", """{"path":"a","dedupeBy":{"expression":"{{ $vars.id }}"}}""", "/dedupeBy/expression", "neither other nodes")]
    [InlineData("webhook", """{"path":"a","dedupeBy":{"expression":"{{ $('b').first().json.id }}"}}""", "/dedupeBy/expression", "neither other nodes")]
    public void A_misfit_between_parameters_is_found_at_validation(string type, string parameters, string pointer, string message)
    {
        var errors = NodeTest.Registry.Describe(type)!.Check!(NodeTest.Object(parameters)).ToList();

        Assert.Contains(errors, e => e.Pointer == pointer && e.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_examples_make_a_plan_together()
    {
        var nodes = NodeTest.Registry.All.Select(n => n.Descriptor).Select(d => new NodeDefinition
        {
            Id = d.Type, Name = d.Type, Type = d.Type, Parameters = d.Example["parameters"].AsObject ?? [],
        });

        var plan = ExecutionPlan.Build(new WorkflowDefinition { Nodes = [.. nodes] }, NodeTest.Registry, "start", isManual: true);

        Assert.Equal(NodeTest.Registry.All.Count(), plan.Nodes.Length);
    }
}
