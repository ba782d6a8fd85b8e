using System.Xml.Linq;

namespace LinkFlow.Scenarios.Architecture;

/// <summary>Holds the arrows of docs/architecture.md: they only point down.</summary>
public sealed class DependencyArrowTests
{
    private static readonly string[] Layers =
        ["LinkFlow.Engine", "LinkFlow.Nodes", "LinkFlow.Platform", "LinkFlow.Local|LinkFlow.Azure", "LinkFlow.Server|LinkFlow.Functions"];

    public static TheoryData<string> Projects() => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_projects_below_it(string path)
    {
        var layer = LayerOf(Path.GetFileNameWithoutExtension(path));

        var references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

        Assert.All(references, name => Assert.True(LayerOf(name) < layer, $"{Path.GetFileName(path)} refers to {name}, which is not below it."));
    }

    [Fact]
    public void The_engine_has_no_package_but_NodaTime()
    {
        var engine = XDocument.Load(Path.Combine(Repository.Root, "src/LinkFlow.Engine/LinkFlow.Engine.csproj"));

        Assert.Equal(["NodaTime"], engine.Descendants("PackageReference").Select(p => (string)p.Attribute("Include")!));
        Assert.Empty(engine.Descendants("FrameworkReference"));
    }

    [Theory]
    [InlineData("System.Net.Http")]
    [InlineData("System.Net.Sockets")]
    [InlineData("Microsoft.Data.Sqlite")]
    [InlineData("System.Diagnostics.Process")]
    public void The_engine_does_no_input_or_output(string assembly) =>
        Assert.DoesNotContain(typeof(Engine.Executions.ExecutionState).Assembly.GetReferencedAssemblies(), a => a.Name == assembly);

    private static int LayerOf(string project)
    {
        var layer = Array.FindIndex(Layers, names => names.Split('|').Contains(project));
        Assert.True(layer >= 0, $"{project} is in no layer: add it to this test and to docs/architecture.md.");
        return layer;
    }
}
