using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Plans;

public sealed class MermaidDiagramTests
{
    [Fact]
    public void Nodes_have_shapes_by_kind_and_connections_their_outputs()
    {
        var definition = Graph.Of("start > loop; loop.loop > check; check.true > call > loop; loop.done > merge; undo")
            .With("call", n => n with { CompensateWith = "undo" }).With("undo", n => n with { Disabled = true });

        Assert.Equal(
            """
            flowchart LR
                n0(["start"])
                n1[["loop"]]
                n2{"check"}
                n3["call"]
                n4(("merge"))
                n5["undo"]
                n0 --> n1
                n1 -->|"loop"| n2
                n2 -->|"true"| n3
                n3 -.-> n1
                n1 -->|"done"| n4
                n3 -.->|"undone by"| n5
                classDef disabled stroke-dasharray:4,opacity:0.5
                class n5 disabled

            """,
            MermaidDiagram.Of(definition, TestNodes.Registry));
    }

    [Theory]
    [InlineData("Größe 1.5: a_b-c", "Größe 1.5: a_b-c")]
    [InlineData("\"]; click n0 \"javascript:x\"", "#34;#93;#59; click n0 #34;javascript:x#34;")]
    [InlineData("<b>&amp;#quot;`%%{init}%%", "#60;b#62;#38;amp#59;#35;quot#59;#96;#37;#37;#123;init#125;#37;#37;")]
    [InlineData("a\nend\u2028😀", "a end#8232;#128512;")]
    public void A_label_cannot_end_early_or_be_read_as_markup(string name, string label)
    {
        var definition = Graph.Of("start").With("start", n => n with { Name = name });

        Assert.Contains($"n0([\"{label}\"])", MermaidDiagram.Of(definition, TestNodes.Registry), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_definition_does_not_keep_it_from_being_drawn()
    {
        var definition = Graph.Of("start > a:unknown > b > a") with { PinData = new() };
        definition = definition with { Connections = [.. definition.Connections, new Connection("a", "nowhere")] };

        Assert.Contains("n2 --> n1", MermaidDiagram.Of(definition, TestNodes.Registry), StringComparison.Ordinal);
    }
}
