using LinkFlow.Functions.Records;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Records;

/// <summary>What executions cost the store: each number is a request, and what it is charged for.</summary>
public sealed class StoreCostTests : IAsyncLifetime
{
    private RecordsWorld _world = null!;

    public async Task InitializeAsync() => _world = await RecordsWorld.BeginAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_start_is_one_batch_of_two_documents()
    {
        SaveChain(10);
        _world.Store.Count();

        await _world.One.Runtime.StartAsync(_world.Start("w"));

        Assert.Equal("reads 0, commits 1, writes 2", _world.Store.Counted);
    }

    [Fact]
    public async Task A_start_with_a_key_is_three_batches()
    {
        SaveChain(10);
        _world.Store.Count();

        await _world.One.Runtime.StartAsync(_world.Start("w") with { With = new UnitOfWork(RecordsWorld.Tenant).Put(new DocumentType("key"), "k", new Engine.Values.ObjectValue(), expected: 0) });

        Assert.Equal("reads 0, commits 3, writes 5", _world.Store.Counted);
    }

    [Fact]
    public async Task An_append_by_who_knows_the_execution_is_one_batch_of_two_documents()
    {
        var record = await _world.One.Records.CreateAsync(RecordsWorld.Tenant, [ExecutionRecordsTests.Started()], AnswerWhen.Accepted);
        _world.Store.Count();

        await _world.One.Records.AppendAsync(new RecordAppend { Tenant = RecordsWorld.Tenant, ExecutionId = record.Id, Events = ExecutionRecordsTests.Signals(2, 50), Known = record });

        Assert.Equal("reads 0, commits 1, writes 2", _world.Store.Counted);
    }

    [Fact]
    public async Task A_command_is_one_read_and_one_batch_of_two_documents()
    {
        var record = await _world.One.Records.CreateAsync(RecordsWorld.Tenant, [ExecutionRecordsTests.Started()], AnswerWhen.Accepted);
        _world.Store.Count();

        await _world.One.Runtime.SendAsync(RecordsWorld.Tenant, record.Id, new PauseCommand());

        Assert.Equal("reads 1, commits 1, writes 2", _world.Store.Counted);
    }

    [Fact]
    public async Task An_idle_sweep_is_nine_reads_and_a_place_to_go_on_from()
    {
        await _world.One.Sweep.RunAsync(RecordsWorld.Tenant);
        _world.Store.Count();

        await _world.One.Sweep.RunAsync(RecordsWorld.Tenant);

        Assert.Equal("reads 9, commits 1, writes 1", _world.Store.Counted);
    }

    [Fact]
    public async Task A_small_execution_is_deleted_in_one_batch()
    {
        SaveChain(3);
        var id = await _world.RunAsync("w");
        _world.Store.Count();

        await _world.One.History.DeleteAsync(RecordsWorld.Tenant, id);

        Assert.Equal(1, _world.Store.Commits);
    }

    private void SaveChain(int length)
    {
        var nodes = string.Join(',', Enumerable.Range(0, length).Select(i => $"\"n{i}\":{{\"type\":\"set_variable\",\"parameters\":{{\"fields\":{{\"v{i}\":{i}}}}}}}"));
        _world.Save("w", $$"""{"start":{"type":"start"},{{nodes}}}""", "start > " + string.Join(" > ", Enumerable.Range(0, length).Select(i => $"n{i}")));
    }
}
