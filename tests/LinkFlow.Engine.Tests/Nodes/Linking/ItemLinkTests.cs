using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes.Linking;

/// <summary><c>$('x').item</c> through each kind of node, and what it says where there is no single item.</summary>
public sealed class ItemLinkTests
{
    [Theory]
    [InlineData("start > a > b > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a:two > it", "start", "start#0.0.0 start#0.0.0 start#0.1.0 start#0.1.0 start#0.2.0 start#0.2.0")]
    [InlineData("start > a:two > b:drop > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a, b > it", "start", "start#0.0.0 start#0.1.0 start#0.2.0 start#0.0.0 start#0.1.0 start#0.2.0")]
    [InlineData("start > a > b, c > merge2 > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > b, c > merge1 > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0 a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > b:aggregate > it", "b", "b#0.all")]
    [InlineData("start > a > b:flaky > c > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > off1:off > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > off1:off > it", "off1", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > off1:off > off2:off > b > it", "off1", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > wait1:duration > b > it", "a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a > wait1:duration > b > it", "wait1", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("start > a:aggregate > wait1:signal > b > it", "a", "a#0.all")]
    [InlineData("start > a > wait1:signal > off1:off > it", "wait1", "wait1#0.signal")]
    [InlineData("start > a > children1:one > it", "a", "a#0.0.0 a#0.0.0 a#0.1.0 a#0.1.0 a#0.2.0 a#0.2.0")]
    public async Task An_item_is_followed_through_every_kind_of_node(string graph, string target, string items) =>
        Assert.Equal(items, (await RunAsync(graph)).Saw("it", target));

    [Theory]
    [InlineData("a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("b", "b#0.0.0 b#1.0.0 b#2.0.0")]
    [InlineData("c", "c#0.0.0 c#1.0.0 c#2.0.0")]
    [InlineData("loop1", "c#0.0.0 c#1.0.0 c#2.0.0")]
    public async Task From_behind_a_loop_each_item_finds_its_own_round(string target, string items) =>
        Assert.Equal(items, (await RunAsync("start > a > loop1; loop1.loop > b > c > loop1; loop1.done > it")).Saw("it", target));

    [Theory]
    [InlineData("a", "a#0.0.0 a#0.1.0 a#0.2.0")]
    [InlineData("outer", "outer#0.0.0 outer#1.0.0 outer#2.0.0")]
    [InlineData("inner", "inner#0.0.0 inner#1.0.0 inner#2.0.0")]
    public async Task Nested_loops_are_followed_round_by_round(string target, string items) =>
        Assert.Equal(items, (await RunAsync("start > a > loop1; loop1.loop > outer > loop2; loop2.loop > inner > loop2; loop2.done > c > loop1; loop1.done > it")).Saw("it", target));

    [Fact]
    public async Task Within_a_round_the_items_of_that_round_and_of_before_the_loop_are_found()
    {
        var shell = await RunAsync("start > a > loop1; loop1.loop > b > it > loop1; loop1.done > end");

        Assert.Equal(["b#0.0.0", "b#1.0.0", "b#2.0.0"], Enumerable.Range(0, 3).Select(round => shell.Saw("it", "b", round)));
        Assert.Equal(["a#0.0.0", "a#0.1.0", "a#0.2.0"], Enumerable.Range(0, 3).Select(round => shell.Saw("it", "loop1", round)));
    }

    [Fact]
    public async Task A_thousand_rounds_and_more_are_followed_through_stored_references()
    {
        var shell = await RunAsync("start > a > loop1; loop1.loop > b > loop1; loop1.done > it", items: 1_200);

        Assert.Equal(Enumerable.Range(0, 1_200).Select(i => $"b#{i}.0.0"), shell.Saw("it", "b").Split(' '));
    }

    [Theory]
    [InlineData("continue", "error:b(a#0.0.0) error:b(a#0.1.0)")]
    [InlineData("errorOutput", "error:b(a#0.0.0) error:b(a#0.1.0)")]
    public async Task Error_items_come_from_the_items_that_failed(string onError, string items)
    {
        var definition = Definition(onError == "continue" ? "start > a > b:fail > c > it" : "start > a > b:fail; b.error > c > it")
            .With("b", n => n with { OnError = onError == "continue" ? OnError.Continue : OnError.ErrorOutput });
        var shell = await new LinkShell(definition, 2).RunAsync();

        Assert.Equal((items, "a#0.0.0 a#0.1.0"), (shell.Saw("it", "b"), shell.Saw("it", "a")));
    }

    [Theory]
    [InlineData("""[{"id":"p0"},{"id":"p1"},{"id":"p2"}]""", "a#0.0.0 a#0.1.0 a#0.2.0", "p0 p1 p2")]
    [InlineData("""[{"json":{"id":"p"},"pairedItem":[{"input":0,"item":2}]}]""", "a#0.2.0", "p")]
    [InlineData("""[{"id":"p0"},{"id":"p1"}]""", "!", "p0 p1")]
    public async Task Pinned_items_are_paired_by_place_where_they_do_not_say_otherwise(string pinned, string behind, string itself)
    {
        var definition = Definition("start > a > b > it") with { PinData = new ObjectValue { { "b", JsonText.Parse(pinned) } } };
        var shell = await new LinkShell(definition).RunAsync();

        Assert.StartsWith(behind, shell.Saw("it", "a"), StringComparison.Ordinal);
        Assert.Equal(itself, shell.Saw("it", "b"));
    }

    [Fact]
    public async Task An_empty_item_in_the_place_of_one_came_from_that_one()
    {
        var definition = Definition("start > a > b:none > it").With("b", n => n with { AlwaysOutput = true });
        var shell = await new LinkShell(definition, 1).RunAsync();

        Assert.Equal("a#0.0.0", shell.Saw("it", "a"));
    }

    [Theory]
    [InlineData("start > a > b:aggregate > it", "a", "$('a').item is ambiguous: 'b' made this item of several, which came from different items of 'a' (for one 0 and 1).")]
    [InlineData("start > a > b:aggregate > c > it", "a", "'b' made this item of several")]
    [InlineData("start > a > wait1:signal > c > it", "a", "'wait1' made this item of several")]
    [InlineData("start > a > b:unpaired > c > it", "a", "$('a').item cannot be derived: 'b' does not say which of its input items it made this one of.")]
    [InlineData("start > a > children1:aggregate > it", "a", "'children1' does not say")]
    [InlineData("start > a > it; start > b > it", "b", "$('b').item does not exist: this item did not come through 'b'; its way back ends at 'a'.")]
    [InlineData("start > it > a", "a", "The node 'a' has not been executed before this one.")]
    public async Task Where_there_is_no_single_item_the_error_says_why_and_names_the_way_out(string graph, string target, string message)
    {
        var saw = (await RunAsync(graph)).Saw("it", target);

        Assert.Contains(message, saw, StringComparison.Ordinal);
        if (!message.Contains("executed", StringComparison.Ordinal)) Assert.Contains($"$('{target}').first(), $('{target}').last(), $('{target}').all()[i], or $('{target}').itemMatching(i)", saw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_follows_items_over_copied_runs()
    {
        var first = await RunAsync("start > a > loop1; loop1.loop > b > loop1; loop1.done > wait1:signal > c > it");
        var retried = await first.RetryAsync("it");

        Assert.Equal(first.Saw("it", "c"), retried.Saw("it", "c"));
        Assert.DoesNotContain(retried.Seen, s => s.Node != "it");
    }

    private static Task<LinkShell> RunAsync(string graph, int items = 3) => new LinkShell(Definition(graph), items).RunAsync();

    /// <summary>
    /// A graph where the word behind a node's colon is what it does (<c>a:two</c>): no type of its own. <c>off</c> is
    /// disabled, <c>merge2</c> merges by position.
    /// </summary>
    private static WorkflowDefinition Definition(string graph)
    {
        var definition = Graph.Of(graph);
        return definition with { Nodes = [.. definition.Nodes.Select(Node)] };
    }

    private static NodeDefinition Node(NodeDefinition node)
    {
        var known = node.Id.TrimEnd("0123456789".ToCharArray()) is "start" or "merge" or "loop" or "wait" or "children" ? node.Id.TrimEnd("0123456789".ToCharArray()) : "step";
        var retry = node.Type == "flaky" ? new RetryPolicy { MaxAttempts = 2, InitialDelayMs = 1 } : null;
        var parameters = new ObjectValue { { "do", node.Id == "merge2" ? "position" : node.Type } };
        if (known == "merge") parameters.Set("inputs", 2);
        return node with { Type = known, Parameters = parameters, Disabled = node.Type == "off", Retry = retry };
    }
}
