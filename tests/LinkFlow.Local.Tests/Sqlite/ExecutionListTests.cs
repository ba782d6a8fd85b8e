using LinkFlow.Engine.Executions;
using LinkFlow.Local.Sqlite.Journal;
using static LinkFlow.Local.Tests.Sqlite.TestStore;

namespace LinkFlow.Local.Tests.Sqlite;

public sealed class ExecutionListTests : IAsyncLifetime
{
    private const int Count = 60;

    private readonly List<ExecutionRecord> _all = [];
    private TestStore _test = null!;
    private JournalStore Journal => _test.Store.Journal;

    public async Task InitializeAsync()
    {
        _test = await OpenAsync();
        var ids = Enumerable.Range(0, Count).Select(_ => NewId()).Order(StringComparer.Ordinal).ToList();
        foreach (var i in Enumerable.Range(0, Count))
        {
            await Journal.CommitAsync(First(ids[i], Row((ExecutionStatus)(i % 8), $"w{i % 3}", i % 5 == 0 ? "manual" : "api")));
            _all.Insert(0, (await Journal.GetAsync(Tenant, ids[i]))!);
        }

        await Journal.CommitAsync(First(NewId(), tenant: "other"));
    }

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    public static IEnumerable<object?[]> Filters() =>
        from workflow in new[] { null, "w1", "w9" }
        from status in new ExecutionStatus?[] { null, ExecutionStatus.Error }
        from mode in new[] { null, "manual", "nonsense" }
        from bounded in new[] { false, true }
        from oldestFirst in new[] { false, true }
        select new object?[] { workflow, status, mode, bounded, oldestFirst };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Pages_give_what_a_look_at_every_execution_gives(string? workflow, ExecutionStatus? status, string? mode, bool bounded, bool oldestFirst)
    {
        var query = new ExecutionQuery(Tenant)
        {
            WorkflowId = workflow, Status = status, Mode = mode, OldestFirst = oldestFirst, Limit = 4, ScanLimit = 7,
            FromId = bounded ? _all[45].Id : null, BeforeId = bounded ? _all[5].Id : null,
        };
        var expected = _all.Where((e, i) => (workflow ?? e.WorkflowId) == e.WorkflowId && (status ?? e.Status) == e.Status && (mode ?? e.Mode) == e.Mode && (!bounded || i is > 5 and <= 45));

        var listed = await AllPages(query);

        Assert.Equal((oldestFirst ? expected.Reverse() : expected).Select(e => e.Id), listed);
    }

    [Theory]
    [InlineData("executions_by_id")]
    [InlineData("executions_by_workflow")]
    [InlineData("executions_by_status")]
    public async Task An_index_alone_answers_what_filters_ask(string index)
    {
        var sql = $"EXPLAIN QUERY PLAN SELECT number, id, workflow_id, status, mode FROM executions INDEXED BY {index} WHERE tenant = 'default'";

        var plan = await _test.Store.Writer.WriteAsync(session => session.QueryText(sql, column: 3));

        Assert.Contains($"USING COVERING INDEX {index}", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_outside_of_1_to_200_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Journal.ListAsync(new ExecutionQuery(Tenant) { Limit = 0 }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Journal.ListAsync(new ExecutionQuery(Tenant) { Limit = 201 }));
    }

    [Fact]
    public async Task Executions_are_counted_by_status_up_to_a_limit()
    {
        Assert.Equal(8, await Journal.CountAsync(Tenant, ExecutionStatus.Waiting));
        Assert.Equal(3, await Journal.CountAsync(Tenant, ExecutionStatus.Waiting, limit: 3));
    }

    [Fact]
    public void A_time_is_a_bound_of_the_ids_drawn_then()
    {
        var time = DateTimeOffset.Parse("2026-12-01T10:11:12.345Z");
        var (before, at) = (Guid.CreateVersion7(time.AddMilliseconds(-1)).ToString(), Guid.CreateVersion7(time).ToString());

        Assert.True(string.CompareOrdinal(before, ExecutionQuery.FirstIdAt(time.ToUnixTimeMilliseconds())) < 0);
        Assert.True(string.CompareOrdinal(at, ExecutionQuery.FirstIdAt(time.ToUnixTimeMilliseconds())) >= 0);
    }

    private async Task<List<string>> AllPages(ExecutionQuery query)
    {
        var listed = new List<string>();
        for (string? next = null; ;)
        {
            var page = await Journal.ListAsync(next is null ? query : query.OldestFirst ? query with { FromId = next } : query with { BeforeId = next });
            listed.AddRange(page.Items.Select(e => e.Id));
            if ((next = page.NextId) is null) return listed;
        }
    }
}
