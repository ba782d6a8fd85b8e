using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Tests.Settings;

public sealed class SettingsDocumentationTests
{
    [Fact]
    public void Every_setting_is_documented_and_every_documented_one_exists()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LinkFlow.sln"))) folder = folder.Parent;
        var documented = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "operations.md"))
            .Where(line => line.StartsWith("| `LinkFlow:", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(SettingsReader.AllNames().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }
}
