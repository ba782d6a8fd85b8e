using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Nodes.Tests.Reference;

public sealed class NodeReferenceTests
{
    [Fact]
    public void The_checked_in_reference_is_what_the_nodes_declare()
    {
        var path = Path.Combine(Root(), "docs", "nodes.md");
        var reference = NodeReference.Write(BuiltInNodes.All());
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, reference);

        Assert.True(File.ReadAllText(path) == reference, "docs/nodes.md is out of date: UPDATE_DOCS=1 dotnet test tests/LinkFlow.Nodes.Tests writes it anew.");
    }

    [Fact]
    public void The_checked_in_reference_of_credentials_is_what_the_types_declare()
    {
        var path = Path.Combine(Root(), "docs", "credentials.md");
        var page = CredentialReference.Into(File.ReadAllText(path), CredentialTypes.BuiltIn());
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, page);

        Assert.True(File.ReadAllText(path) == page, "docs/credentials.md is out of date: UPDATE_DOCS=1 dotnet test tests/LinkFlow.Nodes.Tests writes it anew.");
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LinkFlow.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
