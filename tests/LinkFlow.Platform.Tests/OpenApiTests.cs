namespace LinkFlow.Platform.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_describes_every_endpoint_with_its_errors()
    {
        await using var platform = await TestPlatform.StartAsync();

        var document = (await platform.SendAsync("GET", "/openapi/v1.json", null, key: "")).Body;

        var operations = document["paths"].AsObject!.SelectMany(p => p.Value.AsObject!.Select(o => (Path: p.Key, Operation: o.Value))).ToList();
        Assert.True(operations.Count >= 40, $"{operations.Count} operations");
        Assert.All(operations.Where(o => o.Path.StartsWith("/api/", StringComparison.Ordinal)), o => Assert.True(o.Operation["responses"]["401"].IsObject, o.Path));
        Assert.Equal(operations.Count, operations.Select(o => o.Operation["operationId"].AsString).Distinct().Count());
    }

    [Fact]
    public async Task Bodies_and_parameters_are_described_where_they_are_mapped()
    {
        await using var platform = await TestPlatform.StartAsync();

        var paths = (await platform.SendAsync("GET", "/openapi/v1.json", null, key: "")).Body["paths"];

        Assert.True(paths["/api/v1/workflows"]["post"]["requestBody"]["content"]["application/json"]["schema"].IsObject);
        Assert.Contains(paths["/api/v1/executions"]["get"]["parameters"].AsArray!, p => p["name"].AsString == "status");
        Assert.Contains(paths["/api/v1/workflows/{id}"]["get"]["parameters"].AsArray!, p => p["in"].AsString == "path");
    }
}
