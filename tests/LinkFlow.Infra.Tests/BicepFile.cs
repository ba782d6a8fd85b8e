using System.Text.RegularExpressions;

namespace LinkFlow.Infra.Tests;

/// <summary>What one Bicep file declares and uses, as far as the house's formatting tells it without a compiler.</summary>
internal sealed partial class BicepFile
{
    private BicepFile(string path)
    {
        Path = path;
        Text = File.ReadAllText(path);
        Parameters = [.. ParameterLine().Matches(Text).Select(m => new BicepParameter(m.Groups["name"].Value, m.Groups["default"].Success, m.Groups["decorators"].Value))];
        Outputs = [.. OutputLine().Matches(Text).Select(m => m.Groups["name"].Value)];
        Resources = [.. ResourceLine().Matches(Text).Select(m => m.Groups["type"].Value)];
        Modules = [.. ModuleBlock().Matches(Text).Select(m => new BicepModule(
            m.Groups["name"].Value, m.Groups["file"].Value, [.. GivenLine().Matches(m.Groups["params"].Value).Select(p => p.Groups["name"].Value)]))];
    }

    public static string Folder { get; } = System.IO.Path.Combine(Scenarios.Repository.Root, "infra");
    public static BicepFile Main { get; } = new(System.IO.Path.Combine(Folder, "main.bicep"));
    public static IReadOnlyList<BicepFile> All { get; } = [Main, .. Directory.GetFiles(System.IO.Path.Combine(Folder, "modules"), "*.bicep").Order().Select(p => new BicepFile(p))];

    public string Path { get; }
    public string Text { get; }
    public string Name => System.IO.Path.GetRelativePath(Folder, Path);
    public IReadOnlyList<BicepParameter> Parameters { get; }
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Type and version, as in <c>Microsoft.Web/sites@2025-03-01</c>.</summary>
    public IReadOnlyList<string> Resources { get; }
    public IReadOnlyList<BicepModule> Modules { get; }

    public static BicepFile Of(BicepModule module) => All.Single(f => f.Name == module.File);

    [GeneratedRegex(@"(?<decorators>(^@[^\n]*(\n[ \]})][^\n]*)*\n)*)^param (?<name>\w+) [^\n=]+(?<default>=)?", RegexOptions.Multiline)]
    private static partial Regex ParameterLine();

    [GeneratedRegex(@"^output (?<name>\w+) ", RegexOptions.Multiline)]
    private static partial Regex OutputLine();

    [GeneratedRegex(@"^resource \w+ '(?<type>[^']+)'", RegexOptions.Multiline)]
    private static partial Regex ResourceLine();

    [GeneratedRegex(@"^module (?<name>\w+) '(?<file>[^']+)'.*?^  params: \{(?<params>.*?)^  \}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ModuleBlock();

    [GeneratedRegex(@"^    (?<name>\w+):", RegexOptions.Multiline)]
    private static partial Regex GivenLine();
}

internal sealed record BicepParameter(string Name, bool HasDefault, string Decorators);

internal sealed record BicepModule(string Name, string File, IReadOnlyList<string> Given);
