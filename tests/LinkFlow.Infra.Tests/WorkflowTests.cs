namespace LinkFlow.Infra.Tests;

public sealed class WorkflowTests
{
    /// <summary>What GitHub has learned since the linter was built.</summary>
    private static readonly string[] Newer = ["undefined variable \"vars\"", "unknown permission scope \"attestations\""];

    private static readonly string Folder = Path.Combine(Scenarios.Repository.Root, ".github", "workflows");

    [Fact]
    public void Workflows_are_ones_that_GitHub_can_run() =>
        Assert.DoesNotContain(NodeScript.WorkflowLint.Findings(Directory.GetFiles(Folder)), f => !Newer.Any(n => f.Contains(n, StringComparison.Ordinal)));

    [Fact]
    public void A_mistake_would_be_found()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ steps.none.outputs.x }}\n");

        var findings = NodeScript.WorkflowLint.Findings([file]);

        File.Delete(file);
        Assert.NotEmpty(findings);
    }

    [Fact]
    public void Only_deployment_and_release_may_do_more_than_read()
    {
        foreach (var file in Directory.GetFiles(Folder))
        {
            var text = File.ReadAllText(file);
            Assert.Contains("\npermissions:\n  contents: ", text, StringComparison.Ordinal);
            if (Path.GetFileName(file) is not "release.yml") Assert.DoesNotContain("contents: write", text, StringComparison.Ordinal);
            Assert.DoesNotContain("pull_request_target", text, StringComparison.Ordinal);
        }
    }
}
