using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>The runtime of the tests is itself held to what the real one does, so that what passes under it means something.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task An_orchestrator_runs_from_its_start_after_every_await()
    {
        var starts = 0;
        var stage = new Stage(async context =>
        {
            starts++;
            return await context.CallActivityAsync<int>("add", 1) + await context.CallActivityAsync<int>("add", 2);
        }).With("add", input => int.Parse(input!, null) + 10);

        var ended = await stage.StartAsync();

        Assert.Equal((3, 23), (starts, ended.ReadOutputAs<int>()));
        Assert.Equal(["add", "add"], stage.Ran);
    }

    [Fact]
    public async Task A_replay_that_calls_something_else_fails_and_names_the_difference()
    {
        var starts = 0;
        var stage = new Stage(async context => await context.CallActivityAsync<string>(++starts == 1 ? "one" : "two")).With("one", _ => "").With("two", _ => "");

        var ended = await stage.StartAsync();

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Matches("Call 0 was .*one.* the replay called .*two", Assert.Single(stage.Hub.Violations));
    }

    [Fact]
    public async Task A_replay_with_another_input_is_one_that_calls_something_else()
    {
        var stage = new Stage(async context => await context.CallActivityAsync<string>("one", Guid.NewGuid())).With("one", _ => "");

        await stage.StartAsync();

        Assert.Contains("the replay called", Assert.Single(stage.Hub.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_awaits_something_else_than_the_runtime_is_found()
    {
        var stage = new Stage(async context =>
        {
            await new TaskCompletionSource().Task;
            return null;
        });

        await stage.StartAsync();

        Assert.Contains("nothing that the runtime knows of", Assert.Single(stage.Hub.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orchestrator_that_goes_on_elsewhere_is_found()
    {
        var elsewhere = new TaskCompletionSource();
        var stage = new Stage(async context =>
        {
            await elsewhere.Task;
            return null;
        });
        await stage.StartAsync();

        await Task.Run(elsewhere.SetResult);

        Assert.Contains("outside of its thread", stage.Hub.Violations[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_context_is_refused_outside_of_its_thread()
        => Assert.Throws<OffThreadException>(OrchestratorThread.Require);

    [Fact]
    public async Task An_episode_that_was_lost_is_played_again_and_nothing_is_called_twice()
    {
        var stage = new Stage(
            async context => await context.CallActivityAsync<int>("one"),
            new RuntimeFaults { LostEpisodes = 0.5 }).With("one", _ => 1);

        var ended = await stage.StartAsync();

        Assert.Equal((1, 1), (ended.ReadOutputAs<int>(), stage.Ran.Count));
    }

    [Fact]
    public async Task Activities_may_run_again_and_their_results_come_twice()
    {
        var stage = new Stage(
            async context => await context.CallActivityAsync<int>("one") + await context.CallActivityAsync<int>("one"),
            new RuntimeFaults { RepeatedActivities = 0.5, RepeatedResults = 1 }).With("one", _ => 1);

        var ended = await stage.StartAsync();

        Assert.Equal(2, ended.ReadOutputAs<int>());
        Assert.True(stage.Ran.Count > 2);
    }

    [Fact]
    public async Task A_failed_activity_is_tried_again_by_its_policy_after_durable_timers()
    {
        var tries = 0;
        var stage = new Stage(async context =>
        {
            await context.CallActivityAsync("one", TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(5), 2)));
            return context.CurrentUtcDateTime;
        }).With("one", _ => ++tries < 3 ? throw new TimeoutException("late") : null);

        var ended = await stage.StartAsync();

        Assert.Equal(15, (ended.ReadOutputAs<DateTime>() - ended.CreatedAt.UtcDateTime).TotalSeconds);
    }

    [Fact]
    public async Task A_failure_that_no_policy_helps_reaches_the_orchestrator_with_its_details()
    {
        var stage = new Stage(async context =>
        {
            try
            {
                return await context.CallActivityAsync<string>("one");
            }
            catch (TaskFailedException e)
            {
                return $"{e.TaskName} {e.FailureDetails.ErrorType} {e.FailureDetails.ErrorMessage}";
            }
        }).With("one", _ => throw new TimeoutException("late"));

        Assert.Equal("one System.TimeoutException late", (await stage.StartAsync()).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Payloads_come_back_as_JSON_makes_them()
    {
        var stage = new Stage(async context => (await context.CallActivityAsync<Dictionary<string, object>>("one"))["When"].ToString())
            .With("one", _ => new { When = new DateOnly(2026, 12, 1) });

        Assert.Equal("2026-12-01", (await stage.StartAsync()).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("input")]
    [InlineData("output")]
    [InlineData("status")]
    public async Task Payloads_above_the_limits_are_refused(string where)
    {
        var stage = new Stage(async context =>
        {
            if (where == "status") context.SetCustomStatus(new string('x', Payloads.MaxStatusBytes));
            return await context.CallActivityAsync<string>("one", where == "input" ? new string('x', Payloads.MaxBytes) : "");
        }).With("one", _ => where == "output" ? new string('x', Payloads.MaxBytes) : "");

        await stage.StartAsync();

        Assert.Contains("are allowed", stage.Hub.Violations[0], StringComparison.Ordinal);
    }
}
