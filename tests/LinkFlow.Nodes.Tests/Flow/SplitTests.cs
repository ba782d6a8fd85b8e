namespace LinkFlow.Nodes.Tests.Flow;

public class SplitTests
{
    [Theory]
    [InlineData("""{"field":"l"}""", """[{"l":[{"a":1},{"a":2}]}]""", """[{"a":1},{"a":2}]""")]
    [InlineData("""{"field":"l"}""", """[{"l":[1,"x",null]}]""", """[{"l":1},{"l":"x"},{"l":null}]""")]
    [InlineData("""{"field":"o.l"}""", """[{"o":{"l":[1]}}]""", """[{"l":1}]""")]
    [InlineData("""{"field":"l","include":"all"}""", """[{"id":7,"l":[{"a":1}],"a":0}]""", """[{"id":7,"a":1}]""")]
    [InlineData("""{"field":"o.l","include":"all"}""", """[{"id":7,"o":{"l":[1],"k":2}}]""", """[{"id":7,"o":{"k":2},"l":1}]""")]
    [InlineData("""{"field":"l","include":"selected","includeFields":["id"]}""", """[{"id":7,"x":1,"l":[1]}]""", """[{"id":7,"l":1}]""")]
    [InlineData("""{"field":"l","as":"line"}""", """[{"l":[{"a":1},2]}]""", """[{"line":{"a":1}},{"line":2}]""")]
    [InlineData("""{"field":"l","as":"x.y","include":"all"}""", """[{"id":7,"l":[1]}]""", """[{"id":7,"x":{"y":1}}]""")]
    [InlineData("""{"field":"l"}""", """[{"l":[]},{"l":[3]}]""", """[{"l":3}]""")]
    [InlineData("""{"field":"{{ $json.which }}"}""", """[{"which":"b","b":[1]}]""", """[{"b":1}]""")]
    public async Task A_list_becomes_items(string parameters, string items, string expected) =>
        Assert.Equal(expected, (await NodeTest.RunAsync("split", parameters, items)).Json());

    [Fact]
    public async Task An_element_is_paired_to_its_item() =>
        Assert.Equal("0:0 0:0 0:1", (await NodeTest.RunAsync("split", """{"field":"l"}""", """[{"l":[1,2]},{"l":[3]}]""")).Pairs());

    [Theory]
    [InlineData("""[{}]""", "is missing")]
    [InlineData("""[{"l":{"a":1}}]""", "an object")]
    [InlineData("""[{"l":null}]""", "null")]
    public async Task What_is_no_list_fails_the_item(string items, string message)
    {
        var ran = await NodeTest.RunAsync("split", """{"field":"l"}""", items);

        Assert.Equal("TYPE_MISMATCH", ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
    }
}
