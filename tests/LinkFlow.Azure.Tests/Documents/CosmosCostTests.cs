using System.Globalization;
using LinkFlow.Azure.Documents;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Tests.Documents;

/// <summary>What operations cost in request units, as the fake counts them by published prices; docs/azure.md has the same table.</summary>
public sealed class CosmosCostTests : IDisposable
{
    private const string Tenant = "default";
    private static readonly DocumentType Workflow = new("workflow", "status");
    private static readonly DocumentType Part = new("part") { Partition = "whole" };
    private readonly TestCosmos _test = new();

    public static TheoryData<string, int, double> Operations() => new()
    {
        { "get a document of 1 KB", 1, 2.0 },
        { "create a document of 1 KB", 1, 5.2 },
        { "change one that this instance has read", 1, 10.5 },
        { "change one that it has not read", 1, 12.5 },
        { "delete one that it has read", 1, 5.2 },
        { "create a document with its event", 1, 10.2 },
        { "create a document that is there already", 1, 3.0 },
        { "get a document of 100 KB", 100, 15.4 },
        { "create a document of 100 KB", 100, 37.1 },
        { "a page of 50 documents of 1 KB", 1, 107.6 },
        { "a page of 50 within an aggregate", 1, 107.4 },
        { "a page of 50 of 1,000 with a field", 1, 107.6 },
        { "look for events that wait", 1, 4.6 },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_costs_what_the_documentation_says(string operation, int kilobytes, double units)
    {
        var act = await PrepareAsync(operation, new string('x', kilobytes * 1024));
        _test.Cosmos.Requests.Clear();

        await act();

        Assert.Equal(units, _test.Cosmos.Charged, 0.1);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {operation} | {units:0.0} |"), await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "azure.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_list_costs_no_more_than_its_budget_and_goes_on_behind_it()
    {
        using var test = new TestCosmos(new RequestPolicy { PageBudget = 50 });
        var work = new UnitOfWork(Tenant);
        for (var i = 10; i < 90; i++) work.Put(Workflow, $"{i}", i);
        await test.Store.CommitAsync(work);
        var query = new DocumentQuery(Tenant, Workflow) { Filter = body => body.AsNumber == 12, ScanLimit = 30 };

        foreach (var oldestFirst in (bool[])[true, false])
        {
            var seen = new List<string>();
            await foreach (var found in test.Store.ReadAllAsync(query with { OldestFirst = oldestFirst })) seen.Add(found.Id);
            Assert.Equal(["12"], seen);
        }
    }

    [Fact]
    public void The_container_of_the_deployment_has_the_indexes_that_lists_need()
    {
        var policy = JsonText.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "infra", "cosmos-indexing.json")));
        var bicep = File.ReadAllText(Path.Combine(Repository.Root, "infra", "modules", "cosmos.bicep"));

        Assert.Equal(CosmosConnection.IndexedPaths, policy["includedPaths"].AsArray!.Select(p => p["path"].AsString!));
        Assert.Equal(["/*"], policy["excludedPaths"].AsArray!.Select(p => p["path"].AsString!));
        Assert.Contains($"paths: [ {string.Join(", ", CosmosConnection.PartitionKeyPaths.Select(p => $"'{p}'"))} ]", bicep, StringComparison.Ordinal);
        Assert.Contains("defaultTtl: -1", bicep, StringComparison.Ordinal);
        Assert.Equal((-1, "/sort/?"), (CosmosConnection.ContainerOf("c").DefaultTimeToLive, CosmosConnection.ContainerOf("c").IndexingPolicy.IncludedPaths[0].Path));
    }

    public void Dispose() => _test.Dispose();

    private async Task<Func<Task>> PrepareAsync(string operation, string body)
    {
        var store = _test.Store;
        if (operation.StartsWith("a page", StringComparison.Ordinal)) await FillAsync(body);
        else if (!operation.StartsWith("create", StringComparison.Ordinal) || operation.EndsWith("already", StringComparison.Ordinal)) await store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", body));
        return operation switch
        {
            "get a document of 1 KB" or "get a document of 100 KB" => async () => await store.GetAsync(Tenant, Workflow, "a"),
            "create a document of 1 KB" or "create a document of 100 KB" => () => store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", body, expected: 0)),
            "change one that this instance has read" => () => store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", body, expected: 1)),
            "change one that it has not read" => () => _test.Another().CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", body, expected: 1)),
            "delete one that it has read" => () => store.CommitAsync(new UnitOfWork(Tenant).Delete(Workflow, "a", expected: 1)),
            "create a document with its event" => () => store.CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", body, expected: 0).Raise(new OutgoingEvent("linkflow.workflow.created.v1", "a", 1))),
            "create a document that is there already" => () => Assert.ThrowsAsync<DocumentConflictException>(() => _test.Another().CommitAsync(new UnitOfWork(Tenant).Put(Workflow, "a", body, expected: 0))),
            "a page of 50 documents of 1 KB" => async () => await store.QueryAsync(new DocumentQuery(Tenant, Workflow)),
            "a page of 50 within an aggregate" => async () => await store.QueryAsync(new DocumentQuery(Tenant, Part) { Within = "a" }),
            "a page of 50 of 1,000 with a field" => async () => await store.QueryAsync(new DocumentQuery(Tenant, Workflow) { Where = new Dictionary<string, string> { ["status"] = "0" } }),
            _ => async () => await store.Outbox.ReadAsync(_test.Clock.Now, 100),
        };
    }

    private async Task FillAsync(string body)
    {
        for (var chunk = 0; chunk < 10; chunk++)
        {
            var (workflows, parts) = (new UnitOfWork(Tenant), new UnitOfWork(Tenant));
            for (var i = 0; i < 100; i++)
            {
                workflows.Put(Workflow, $"{chunk}{i:D2}", body, new Dictionary<string, string> { ["status"] = $"{i % 10}" }, expected: 0);
                if (chunk == 0) parts.Put(Part, $"a/{i:D2}", body, expected: 0);
            }

            await _test.Store.CommitAsync(workflows);
            if (chunk == 0) await _test.Store.CommitAsync(parts);
        }
    }
}
