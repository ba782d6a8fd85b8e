using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Nodes;

/// <summary>Wherever an attempt ends, its secrets stay behind.</summary>
public sealed class MaskingTests
{
    private const string Secret = "hunter22";
    private static readonly RetryPolicy Twice = new() { MaxAttempts = 2 };

    [Fact]
    public async Task Outputs_hold_no_secret()
    {
        var ended = await Opening(c => RunnerTest.PassOn(c).Emit("main", Item.Of(new ObjectValue { { Secret, "x" + Secret } }), 2)).RunAsync();

        Assert.Equal("""[{"n":0},{"n":1},{"n":2},{"***":"x***"}]""", ended.Json());
    }

    [Fact]
    public async Task A_response_holds_no_secret()
    {
        var ended = await Opening(c => new NodeResult { Response = new ObjectValue { { "key", Secret } } }).RunAsync();

        Assert.Equal("""[{"key":"***"}]""", System.Text.Encoding.UTF8.GetString(((NodeCompleted)ended).Response!.Inline.Span));
    }

    [Fact]
    public async Task Failures_hold_no_secret()
    {
        var ended = (NodeFailed)await Opening(c => new NodeResult().Fail(0, new NodeError("CODE_" + Secret, "It was " + Secret))).RunAsync();

        Assert.Equal(("CODE_***", "It was ***"), (ended.Error.Code, ended.Error.Message));
    }

    [Theory]
    [InlineData(Effect.Pure)]
    [InlineData(Effect.External)]
    public async Task Exceptions_hold_no_secret(Effect effect)
    {
        var ended = (NodeFailed)await Opening(_ => throw new InvalidOperationException("Bad URL http://" + Secret), effect).RunAsync();

        Assert.Equal("Bad URL http://***", ended.Error.Message);
    }

    [Theory]
    [InlineData(OnError.Continue, "main")]
    [InlineData(OnError.ErrorOutput, "error")]
    public async Task Error_items_and_the_input_in_them_hold_no_secret(OnError onError, string output)
    {
        var test = Opening(c => new NodeResult().Fail(0, new NodeError("X", Secret)), node: n => n with { OnError = onError }, items: """[{"sent":"hunter22"}]""");

        var ended = (NodeCompleted)await test.RunAsync();

        Assert.Equal("""[{"error":{"message":"***","code":"X","nodeId":"it"},"input":{"sent":"***"}}]""", ended.Json(output));
        Assert.Equal("***", ended.HandledError!.Message);
    }

    [Fact]
    public async Task What_an_attempt_leaves_for_the_next_holds_no_secret()
    {
        var test = Opening(c => new NodeResult().Fail(0, new NodeError("X", Secret)).Emit("main", Item.Of(Value.From(Secret)), 1), node: n => n with { Retry = Twice });

        var ended = (NodeAttemptFailed)await test.RunAsync();

        Assert.Equal("***", ended.Failures[0].Error.Message);
        Assert.Equal("""[{"output":"main","owner":1,"item":{"json":{"data":"***"}}}]""", System.Text.Encoding.UTF8.GetString(ended.Partial!.Inline.Span));
    }

    [Fact]
    public async Task A_wait_holds_no_secret()
    {
        var wait = new WaitDirective("approval", null, "signal " + Secret, null, "error", ["ann@" + Secret]);

        var ended = (WaitStarted)await Opening(_ => new NodeResult { Directive = wait }).RunAsync();

        Assert.Equal(("signal ***", "ann@***"), (ended.Wait.Signal, ended.Wait.Approvers[0]));
    }

    [Fact]
    public async Task What_is_said_of_a_late_end_holds_no_secret()
    {
        var told = new TaskCompletionSource<ResultIgnored>();
        using var stop = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        var test = new RunnerTest
        {
            Effect = Effect.External,
            Node = n => n with { TimeoutSeconds = 1 },
            Ignored = told.SetResult,
            Body = async (context, _) =>
            {
                context.Mask.Add(Secret);
                await release.Task;
                throw new InvalidOperationException(Secret);
            },
        };

        await test.RunAsync(stop.Token);
        release.SetResult();

        Assert.Contains("with an error: ***", (await told.Task).Reason);
    }

    [Fact]
    public async Task Attempts_that_open_nothing_hand_on_what_they_got()
    {
        var ended = (NodeCompleted)await new RunnerTest { Items = """[{"sent":"hunter22"}]""" }.RunAsync();

        Assert.Equal("""[{"sent":"hunter22"}]""", ended.Json());
    }

    private static RunnerTest Opening(Func<NodeContext, NodeResult> body, Effect effect = default, Func<NodeDefinition, NodeDefinition>? node = null, string items = """[{"n":0},{"n":1},{"n":2}]""") => new()
    {
        Effect = effect,
        Node = node ?? (n => n),
        Items = items,
        Body = (context, _) =>
        {
            context.Mask.Add(Secret);
            return new(body(context));
        },
    };
}
