using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks;
using LinkFlow.Platform.Webhooks.Authentication;

namespace LinkFlow.Platform.Tests.Webhooks.Authentication;

public sealed class DeliveryTests
{
    private readonly FixedClock _clock = new();
    private readonly MemoryDocumentStore _store;
    private readonly FakeRuntime _runtime;
    private readonly DeliveryStarts _starts;

    public DeliveryTests()
    {
        _store = new MemoryDocumentStore(_clock);
        _runtime = new FakeRuntime(_store);
        _starts = new DeliveryStarts(_store, _runtime, new LinkFlowOptions(), _clock);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeat_is_answered_with_the_first_execution_for_a_day(bool isExpress)
    {
        var (outcome, _) = await StartAsync("1", "a", isExpress);
        var (repeated, first) = await StartAsync("2", "a", isExpress);
        _clock.Advance(TimeSpan.FromHours(24));
        var (later, _) = await StartAsync("3", "a", isExpress);

        Assert.Equal(("1", null, "1"), (outcome!.ExecutionId, repeated, first));
        Assert.NotNull(later);
        Assert.Equal(["1", "3"], _runtime.Starts.Select(s => s.ExecutionId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_calls_that_come_at_once_one_starts(bool isExpress)
    {
        var release = new TaskCompletionSource();
        _runtime.OnStart = async start =>
        {
            await release.Task;
            return new StartOutcome(StartOutcomeKind.Finished, start.ExecutionId, default, default);
        };
        var calls = Enumerable.Range(0, 20).Select(i => StartAsync($"{i}", "a", isExpress)).ToArray();
        release.SetResult();
        var results = await Task.WhenAll(calls);

        var started = Assert.Single(_runtime.Starts).ExecutionId;
        Assert.Single(results, r => r.Outcome is not null);
        Assert.All(results, r => Assert.Equal(started, r.Outcome?.ExecutionId ?? r.First));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_that_was_refused_leaves_nothing_behind(bool isExpress)
    {
        _store.Fault = new StoreUnavailableException("The disk is full.", TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => StartAsync("1", "a", isExpress));
        _store.Fault = null;

        Assert.Equal("2", (await StartAsync("2", "a", isExpress)).Outcome!.ExecutionId);
    }

    [Fact]
    public async Task Deliveries_are_told_apart_by_name_and_by_place()
    {
        await StartAsync("1", "a");
        Assert.NotNull((await StartAsync("2", "b")).Outcome);
        Assert.NotNull((await StartAsync("3", "a", place: "elsewhere")).Outcome);
    }

    [Fact]
    public async Task An_express_run_that_takes_too_long_goes_on_and_is_not_started_again()
    {
        var release = new TaskCompletionSource<StartOutcome>();
        _runtime.OnStart = _ => release.Task;

        var (outcome, _) = await StartAsync("1", "a", isExpress: true, patience: TimeSpan.Zero);
        var repeat = StartAsync("2", "a", isExpress: true);
        release.SetResult(new StartOutcome(StartOutcomeKind.Finished, "1", default, default));

        Assert.Equal((StartOutcomeKind.Pending, "1"), (outcome!.Kind, (await repeat).First));
        Assert.Single(_runtime.Starts);
    }

    private Task<(StartOutcome? Outcome, string? First)> StartAsync(string id, string delivery, bool isExpress = false, string place = "hook", TimeSpan? patience = null) =>
        _starts.StartAsync(
            new StartExecution
            {
                Tenant = "default", ExecutionId = id, WorkflowId = "w", WorkflowVersion = 1, StartNode = "hook", Mode = "webhook", Input = [Item.Of(new ObjectValue())],
                AnswerWithin = patience ?? Timeout.InfiniteTimeSpan,
            },
            [WebhookDelivery.Signed("default", new WebhookRegistration(place, "POST", "w", "hook", default), delivery)], isExpress, CancellationToken.None);
}
