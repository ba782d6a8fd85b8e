using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Flow.Merging;

namespace LinkFlow.Nodes.Tests.Flow;

public class MergeTests
{
    private const string Orders = """[{"id":1,"c":"x","v":"o1"},{"id":2,"c":"y","v":"o2"},{"id":3,"c":null,"v":"o3"},{"id":4,"c":"x","v":"o4"}]""";
    private const string Customers = """[{"key":"z","v":"cz"},{"key":"x","v":"cx"},{"key":"x","v":"cx2"}]""";
    private const string Keys = """ "keys":[{"left":"c","right":"key"}] """;

    [Fact]
    public async Task Append_puts_one_input_behind_the_other()
    {
        var ran = await NodeTest.RunAsync("merge", "{}", """[{"a":1}]""", """[{"b":1},{"b":2}]""");

        Assert.Equal("""[{"a":1},{"b":1},{"b":2}]""", ran.Json());
        Assert.Equal("0:0 1:0 1:1", ran.Pairs());
    }

    [Theory]
    [InlineData("false", """[{"a":1,"x":2,"b":1}]""", "0:0+1:0")]
    [InlineData("true", """[{"a":1,"x":2,"b":1},{"b":2}]""", "0:0+1:0 1:1")]
    public async Task By_position_later_inputs_win(string includeUnpaired, string json, string pairs)
    {
        var ran = await NodeTest.RunAsync("merge", $$"""{"mode":"position","includeUnpaired":{{includeUnpaired}}}""", """[{"a":1,"x":1}]""", """[{"b":1,"x":2},{"b":2}]""");

        Assert.Equal(json, ran.Json());
        Assert.Equal(pairs, ran.Pairs());
    }

    [Fact]
    public async Task By_position_a_dead_input_leaves_nothing() =>
        Assert.Empty((await NodeTest.RunAsync("merge", """{"mode":"position"}""", """[{"a":1}]""", "[]")).Outputs);

    [Theory]
    [InlineData("inner", "0:0+1:1 0:0+1:2 0:3+1:1 0:3+1:2")]
    [InlineData("left", "0:0+1:1 0:0+1:2 0:1 0:2 0:3+1:1 0:3+1:2")]
    [InlineData("outer", "0:0+1:1 0:0+1:2 0:1 0:2 0:3+1:1 0:3+1:2 1:0")]
    [InlineData("right", "1:0 0:0+1:1 0:3+1:1 0:0+1:2 0:3+1:2")]
    public async Task A_join_by_key_gives_every_matching_pair_in_order(string join, string pairs)
    {
        var ran = await NodeTest.RunAsync("merge", $$"""{"mode":"key","join":"{{join}}",{{Keys}}}""", Orders, Customers);

        Assert.Equal(pairs, ran.Pairs());
    }

    [Theory]
    [InlineData("right", """{"id":1,"n":{"k":7},"v":"r","k":7}""")]
    [InlineData("left", """{"id":1,"n":{"k":7},"v":"l","k":7}""")]
    [InlineData("suffix", """{"id":1,"n":{"k":7},"v_1":"l","k":7,"v_2":"r"}""")]
    public async Task A_clash_of_fields_is_settled_as_asked(string clash, string json)
    {
        var parameters = $$"""{"mode":"key","clash":"{{clash}}","keys":[{"left":"id","right":"id"},{"left":"n.k","right":"k"}]}""";

        var ran = await NodeTest.RunAsync("merge", parameters, """[{"id":1,"n":{"k":7},"v":"l"}]""", """[{"id":1,"k":7,"v":"r"},{"id":1,"k":8,"v":"no"}]""");

        Assert.Equal($"[{json}]", ran.Json());
    }

    [Theory]
    [InlineData("right", "two")]
    [InlineData("left", "one")]
    public void Files_go_along_and_clash_as_fields_do(string clash, string file)
    {
        Item Of(string id) => new(new ObjectValue(), new Dictionary<string, BinaryReference> { ["data"] = new(id, "text/plain", null, 1) });

        var merged = Merges.Together([(Of("one"), new PairedItem(0, 0)), (Of("two"), new PairedItem(1, 0))], clash);

        Assert.Equal(file, merged.Binary!["data"].FileId);
    }

    [Theory]
    [InlineData("1", "\"1\"")]
    [InlineData("null", "null")]
    public async Task Keys_of_another_type_and_null_match_nothing(string left, string right)
    {
        var ran = await NodeTest.RunAsync("merge", """{"mode":"key","keys":[{"left":"k","right":"k"}]}""", $$"""[{"k":{{left}}}]""", $$"""[{"k":{{right}}}]""");

        Assert.Empty(ran.Outputs);
    }

    [Fact]
    public async Task In_all_pairs_the_first_input_changes_slowest()
    {
        var ran = await NodeTest.RunAsync("merge", """{"mode":"allPairs","inputs":3}""", """[{"a":1},{"a":2}]""", """[{"b":1},{"b":2}]""", """[{"c":1}]""");

        Assert.Equal("0:0+1:0+2:0 0:0+1:1+2:0 0:1+1:0+2:0 0:1+1:1+2:0", ran.Pairs());
        Assert.Equal("""[{"a":1,"b":1,"c":1},{"a":1,"b":2,"c":1},{"a":2,"b":1,"c":1},{"a":2,"b":2,"c":1}]""", ran.Json());
    }

    [Fact]
    public async Task All_pairs_of_large_inputs_are_refused()
    {
        var thousand = $"[{string.Join(',', Enumerable.Repeat("{}", 1001))}]";

        Assert.Equal("TOO_MANY_ITEMS", (await NodeTest.RunAsync("merge", """{"mode":"allPairs"}""", thousand, thousand)).Code);
    }

    [Fact]
    public async Task A_branch_is_chosen_by_its_input()
    {
        var ran = await NodeTest.RunAsync("merge", """{"mode":"chooseBranch","useInput":"input2"}""", """[{"a":1}]""", """[{"b":1}]""");

        Assert.Equal("""[{"b":1}]""", ran.Json());
        Assert.Equal("1:0", ran.Pairs());
    }

    [Theory]
    [InlineData("""{"mode":"key"}""", "'keys' in 'it' is required")]
    [InlineData("""{"mode":"key","keys":[{"left":"a"}]}""", "must name a left and a right field")]
    [InlineData("""{"mode":"chooseBranch","useInput":"input9"}""", "input1 to input2")]
    [InlineData("""{"mode":"apend"}""", "Did you mean 'append'?")]
    public async Task Bad_parameters_fail_the_run_even_when_the_first_input_is_dead(string parameters, string message)
    {
        var ran = await NodeTest.RunAsync("merge", parameters, "[]", """[{"b":1}]""");

        Assert.IsType<NodeFailed>(ran.Event);
        Assert.Equal("PARAMETER_INVALID", ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
    }
}
