using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Records;

public sealed class RunningTests : IAsyncLifetime
{
    private const string Pure = """{"start":{"type":"start"},"one":{"type":"set","parameters":{"fields":[{"name":"n","value":"={{ 1 + 1 }}"}]}}}""";
    private RecordsWorld _world = null!;

    public async Task InitializeAsync() => _world = await RecordsWorld.BeginAsync(movesClock: true);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task An_execution_runs_to_its_end_over_its_records()
    {
        _world.Save("w", Pure, "start > one");

        var id = await _world.RunAsync("w");

        Assert.Equal("success", await _world.StatusAsync(id));
        Assert.Equal("[{\"n\":2}]", await _world.OutputAsync(id));
    }
}
