namespace LinkFlow.Scenarios;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    /// <summary>The folder that holds LinkFlow.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "LinkFlow.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("LinkFlow.sln is in none of the folders above the tests.");
    }
}
