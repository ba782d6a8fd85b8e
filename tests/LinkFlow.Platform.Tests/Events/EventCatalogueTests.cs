using LinkFlow.Engine.Schemas;
using LinkFlow.Platform.Events;

namespace LinkFlow.Platform.Tests.Events;

public sealed class EventCatalogueTests
{
    [Fact]
    public void The_checked_in_page_is_what_the_catalogue_says()
    {
        var path = Path.Combine(Root(), "docs", "events.md");
        var page = EventReference.Into(File.ReadAllText(path));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, page);

        Assert.True(File.ReadAllText(path) == page, "docs/events.md is out of date: UPDATE_DOCS=1 dotnet test tests/LinkFlow.Platform.Tests writes it anew.");
    }

    [Fact]
    public void Each_type_is_named_as_all_are_and_has_a_schema_that_can_be_compiled()
    {
        Assert.All(EventCatalogue.All, e =>
        {
            Assert.Matches("^linkflow\\.[a-z]+(_[a-z]+)*\\.[a-z]+(_[a-z]+)*\\.v1$", e.Type);
            Assert.NotNull(JsonSchema.Compile(e.DataSchema));
            Assert.Same(e, EventCatalogue.Find(e.Type));
        });
    }

    [Fact]
    public void Every_declared_type_is_in_the_list()
    {
        var declared = typeof(EventCatalogue).GetProperties().Where(p => p.PropertyType == typeof(CataloguedEvent)).Select(p => ((CataloguedEvent)p.GetValue(null)!).Type);

        Assert.Equal(declared.Order(), EventCatalogue.All.Select(e => e.Type).Order());
    }

    [Fact]
    public void What_executions_tell_is_named_for_those_who_ask_whether_anybody_wants_it()
    {
        Assert.Equal(
            EventCatalogue.All.Where(e => e.Entity is "execution" or "node").Select(e => e.Type).Order(), ExecutionEvents.Types.Order());
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LinkFlow.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
