using LinkFlow.Engine.Schemas;
using LinkFlow.Platform.Events;

namespace LinkFlow.Scenarios.Contract.Events;

/// <summary>What the catalogue promises is what the server publishes.</summary>
public sealed class CatalogueScenarios
{
    [Fact]
    public async Task Every_type_of_the_catalogue_is_published_with_data_as_its_schema_says()
    {
        await using var world = new EventWorld();

        foreach (var doing in (Func<Task>[])[world.WorkflowsAsync, world.ExecutionsAsync, world.VariablesAsync, world.SubscriptionsAsync, world.DeadLettersAsync, world.ConsentsAsync, world.SchedulesAsync, world.CredentialsAsync]) await doing();

        Assert.Empty(await world.MissingAsync([.. EventCatalogue.All.Select(e => e.Type)]));
        Assert.All(world.Seen, e => Assert.Empty(JsonSchema.Compile(EventCatalogue.Find(e.Type)!.DataSchema).Validate(e.Data)));
        Assert.All(world.Seen, e => Assert.Equal((CloudEvent.SpecVersion, "default", "/linkflow/default"), (e.ToJson()["specversion"].AsString, e.Tenant, e.Source)));
        Assert.Equal(world.Seen.Count, world.Seen.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task The_types_are_listed_with_their_schemas()
    {
        await using var world = new EventWorld();

        var types = (await world.SendAsync("GET", "/events/types"))["items"].AsArray!;

        Assert.Equal(EventCatalogue.All.Select(e => e.Type), types.Select(t => t["type"].AsString));
        Assert.All(types, t => Assert.Equal("object", t["dataSchema"]["type"].AsString));
    }
}
