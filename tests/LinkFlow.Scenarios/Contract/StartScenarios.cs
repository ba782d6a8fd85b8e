using System.Diagnostics;
using LinkFlow.Scenarios.Faults;

namespace LinkFlow.Scenarios.Contract;

/// <summary>What a first start does and prints, as a process of its own.</summary>
public sealed class StartScenarios
{
    [Fact]
    public async Task A_first_start_writes_the_owners_key_and_prints_where_it_is_but_never_the_key()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["LinkFlow__OwnerApiKey"] = "" });
        var path = Path.Combine(folder.Path, "owner.key");
        var key = await File.ReadAllTextAsync(path);
        await PrintedAsync(server, "/webhooks/");

        Assert.Contains(path, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, server.Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task The_three_lines_that_it_prints_can_be_pasted()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["LinkFlow__OwnerApiKey"] = "" });
        await PrintedAsync(server, "/webhooks/");
        var lines = server.Output.Split('\n').Where(l => l.StartsWith("  ", StringComparison.Ordinal)).ToList();

        using var shell = Process.Start(new ProcessStartInfo("bash") { ArgumentList = { "-c", string.Join('\n', lines) }, RedirectStandardOutput = true })!;
        var printed = await shell.StandardOutput.ReadToEndAsync();

        Assert.Equal(3, lines.Count);
        Assert.Contains("\"customer\":\"Ada\",\"discount\":12", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LinkFlow__Retention__Dyas", "5", "Did you mean 'LinkFlow:Retention:Days'?")]
    [InlineData("LinkFlow__Limits__BodyBytes", "lots", "a whole number was expected")]
    [InlineData("LinkFlow__Outbound__Allow", "not a host!", "LinkFlow:Outbound:Allow")]
    public async Task A_setting_that_cannot_be_meant_stops_the_start(string name, string value, string told)
    {
        using var folder = new TemporaryFolder();
        await using var server = ServerProcess.Launch(folder.Path, new Dictionary<string, string> { [name] = value });

        await PrintedAsync(server, told);
        for (var i = 0; i < 3_000 && !server.HasExited; i++) await Task.Delay(10);

        Assert.Equal(1, server.ExitCode);
    }

    private static async Task PrintedAsync(ServerProcess server, string text)
    {
        for (var i = 0; i < 3_000 && !server.Output.Contains(text, StringComparison.Ordinal); i++) await Task.Delay(10);
        Assert.Contains(text, server.Output, StringComparison.Ordinal);
    }
}
