using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Executions;

public sealed class ExecutionTests
{
    private const string Id = "01900000-0000-7000-8000-000000000001";

    [Fact]
    public async Task An_execution_shows_its_items_and_null_where_they_were_not_kept()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Runtime.Executions[Id] = Finished with { InputCount = 1, Output = [new DataPart(2, "main", 0, 1)] };
        Assert.True((await platform.GetAsync($"/api/v1/executions/{Id}")).Body["output"].IsNull);

        platform.Runtime.Data[Id] = [Item.Of(new ObjectValue { { "n", 1 } })];

        Assert.Equal("""[{"json":{"n":1}}]""", (await platform.GetAsync($"/api/v1/executions/{Id}")).Body["output"].ToString());
    }

    [Theory]
    [InlineData(CommandOutcome.Accepted, 202)]
    [InlineData(CommandOutcome.NotFound, 404)]
    [InlineData(CommandOutcome.AlreadyFinished, 409)]
    [InlineData(CommandOutcome.TooManySignals, 409)]
    public async Task What_became_of_a_command_is_its_status(CommandOutcome outcome, int status)
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Runtime.CommandOutcome = outcome;

        Assert.Equal(status, (await platform.PostAsync($"/api/v1/executions/{Id}/signals/go", """{"a":1}""")).Status);
    }

    [Fact]
    public async Task A_repeated_signal_with_one_key_is_one_signal()
    {
        await using var platform = await TestPlatform.StartAsync();

        await platform.PostAsync($"/api/v1/executions/{Id}/signals/go", "{}", "Idempotency-Key: s1");
        await platform.PostAsync($"/api/v1/executions/{Id}/signals/go", "{}", "Idempotency-Key: s1");

        Assert.NotNull(Assert.IsType<SignalCommand>(platform.Runtime.Commands.Single().Command).Id);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("""{"compensate":true}""", true)]
    public async Task Cancel_compensates_when_it_is_asked_to(string body, bool compensates)
    {
        await using var platform = await TestPlatform.StartAsync();

        await platform.PostAsync($"/api/v1/executions/{Id}/cancel", body);

        Assert.Equal(compensates, Assert.IsType<CancelCommand>(platform.Runtime.Commands.Single().Command).Compensate);
    }

    [Fact]
    public async Task A_retry_whose_input_was_not_kept_is_409()
    {
        await using var platform = await TestPlatform.StartAsync();
        var workflow = await platform.WorkflowAsync();
        platform.Runtime.Executions[Id] = Finished with { WorkflowId = workflow, InputCount = 1 };
        platform.Runtime.Events[Id] = [Started(workflow), new ExecutionFinished { Seq = 2, Status = ExecutionStatus.Error }];

        Assert.Equal(409, (await platform.PostAsync($"/api/v1/executions/{Id}/retry", """{"from":"start"}""")).Status);
    }

    [Fact]
    public async Task More_streams_than_allowed_are_429()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Limits.OpenStreams = 0);
        platform.Runtime.Executions[Id] = Finished;

        var answer = await platform.GetAsync($"/api/v1/executions/{Id}/events");

        Assert.Equal((429, "RATE_LIMITED", "5"), (answer.Status, answer.Code, answer.Header("Retry-After")));
    }

    [Fact]
    public async Task A_stream_begins_only_with_a_sequence_number()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Runtime.Executions[Id] = Finished;

        Assert.Equal(400, (await platform.SendAsync("GET", $"/api/v1/executions/{Id}/events", null, null, "Last-Event-ID: last")).Status);
    }

    [Fact]
    public async Task An_unfinished_execution_can_be_neither_retried_nor_deleted()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Runtime.Executions[Id] = Finished with { Status = ExecutionStatus.Waiting, FinishedAt = null };

        Assert.Equal(409, (await platform.PostAsync($"/api/v1/executions/{Id}/retry")).Status);
        Assert.Equal(409, (await platform.SendAsync("DELETE", $"/api/v1/executions/{Id}")).Status);
    }

    private static Execution Finished => new()
    {
        Id = Id, WorkflowId = "w", WorkflowVersion = 1, Status = ExecutionStatus.Error, Mode = "manual", StartNode = "start", StartedAt = 1, FinishedAt = 2,
    };

    private static ExecutionStarted Started(string workflow) => new()
    {
        Seq = 1, ExecutionId = Id, WorkflowId = workflow, WorkflowVersion = 1, RulesVersion = 1, Seed = new string('0', 32), Mode = "manual", StartNode = "start",
        Input = new Payload(1, 2, "[{\"json\":{}}]"u8.ToArray()),
    };
}
