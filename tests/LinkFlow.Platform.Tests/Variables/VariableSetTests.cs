using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Variables;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Variables;

public sealed class VariableSetTests
{
    private const string Path = "/api/v1/variables";

    [Fact]
    public async Task A_workflow_sees_its_own_before_the_tenants_and_the_environments_before_the_default()
    {
        await using var platform = await TestPlatform.StartAsync();
        var workflow = await platform.WorkflowAsync();
        await platform.PostAsync(Path, """{"name":"A","value":"tenant","environments":{"prod":"tenant in prod"}}""");
        await platform.PostAsync(Path, $$"""{"name":"A","value":"own","workflowId":"{{workflow}}"}""");
        await platform.PostAsync(Path, """{"name":"N","value":1.50,"type":"number"}""");
        await platform.PostAsync(Path, """{"name":"KEY","value":"hunter22","secret":true}""");

        var current = await Sets(platform).CurrentAsync("default");

        Assert.Equal("""{"N":1.50,"A":"own"}""", JsonText.Write(current.Resolve(workflow, "prod")));
        Assert.Equal("""{"N":1.50,"A":"tenant in prod"}""", JsonText.Write(current.Resolve("another", "prod")));
        Assert.Equal("""{"N":1.50,"A":"tenant"}""", JsonText.Write(current.Resolve("another", "")));
        Assert.Equal("{}", JsonText.Write((await Sets(platform).CurrentAsync("elsewhere")).Resolve("another", "")));
    }

    [Fact]
    public async Task A_workflows_secret_hides_the_tenants_variable_also_when_read_back()
    {
        await using var platform = await TestPlatform.StartAsync();
        var workflow = await platform.WorkflowAsync();
        await platform.PostAsync(Path, """{"name":"A","value":"tenant"}""");
        await platform.PostAsync(Path, $$"""{"name":"A","value":"hunter22","secret":true,"workflowId":"{{workflow}}"}""");
        var version = (await Sets(platform).PinAsync("default")).Version;

        var back = await new VariableSets(platform.Store, platform.Clock).FindAsync("default", version);

        Assert.Equal("{}", JsonText.Write(back!.Resolve(workflow, "")));
        Assert.Equal("""{"A":"tenant"}""", JsonText.Write(back.Resolve("another", "")));
        Assert.DoesNotContain("hunter22", platform.Store.Dump());
    }

    [Fact]
    public async Task What_was_pinned_is_found_again_after_changes()
    {
        await using var platform = await TestPlatform.StartAsync();
        var at = (await platform.PostAsync(Path, """{"name":"A","value":"old"}""")).Header("Location")!;
        var pinned = await Sets(platform).PinAsync("default");
        await platform.SendAsync("PUT", at, """{"name":"A","value":"new"}""");

        var back = await new VariableSets(platform.Store, platform.Clock).FindAsync("default", pinned.Version);

        Assert.Equal("""{"A":"old"}""", JsonText.Write(back!.Resolve("w", "")));
        Assert.Equal("""{"A":"new"}""", JsonText.Write((await Sets(platform).CurrentAsync("default")).Resolve("w", "")));
        Assert.Null(await Sets(platform).FindAsync("default", 99));
    }

    [Fact]
    public async Task Nothing_is_written_for_starts_between_two_changes_but_once()
    {
        await using var platform = await TestPlatform.StartAsync();
        await platform.PostAsync(Path, """{"name":"A","value":"x"}""");
        await Sets(platform).PinAsync("default");
        var commits = platform.Store.Commits;

        for (var i = 0; i < 100; i++) await Sets(platform).PinAsync("default");

        Assert.Equal(commits, platform.Store.Commits);
    }

    [Fact]
    public async Task Another_hosts_change_is_seen_after_the_time_to_live()
    {
        await using var platform = await TestPlatform.StartAsync();
        var here = new VariableSets(platform.Store, platform.Clock);
        Assert.Empty((await here.CurrentAsync("default")).Entries);
        await platform.PostAsync(Path, """{"name":"A","value":"x"}""");

        Assert.Empty((await here.CurrentAsync("default")).Entries);
        platform.Clock.Advance(VariableSets.TimeToLive);

        Assert.Single((await here.CurrentAsync("default")).Entries);
    }

    [Fact]
    public async Task Earlier_sets_stay_while_an_unfinished_execution_has_them_and_a_day_longer()
    {
        await using var platform = await TestPlatform.StartAsync();
        var cleaning = platform.Services.GetRequiredService<VariableSetCleaning>();
        var at = (await platform.PostAsync(Path, """{"name":"A","value":"old"}""")).Header("Location")!;
        var version = (await Sets(platform).PinAsync("default")).Version;
        await platform.SendAsync("PUT", at, """{"name":"A","value":"new"}""");
        platform.Runtime.Executions["e"] = Waiting(version);

        await RoundAsync();
        await RoundAsync();
        Assert.NotNull(await platform.Store.GetAsync("default", VariableSet.Type, VariableSet.IdOf(version)));
        platform.Runtime.Executions.Clear();
        await RoundAsync();
        Assert.NotNull(await platform.Store.GetAsync("default", VariableSet.Type, VariableSet.IdOf(version)));
        await RoundAsync();

        Assert.Null(await platform.Store.GetAsync("default", VariableSet.Type, VariableSet.IdOf(version)));

        async Task RoundAsync()
        {
            await cleaning.CleanAsync("default", CancellationToken.None);
            platform.Clock.Advance(TimeSpan.FromHours(25));
        }
    }

    [Fact]
    public async Task Secret_variables_open_by_scope_and_environment()
    {
        await using var platform = await TestPlatform.StartAsync(o => o.Environment = "prod");
        var workflow = await platform.WorkflowAsync();
        await platform.PostAsync(Path, """{"name":"A","value":"tenant-secret","secret":true,"environments":{"prod":"prod-secret"}}""");
        await platform.PostAsync(Path, $$"""{"name":"A","type":"json","value":{"user":"own-user","pin":123456},"secret":true,"workflowId":"{{workflow}}"}""");
        await platform.PostAsync(Path, """{"name":"PLAIN","value":"x"}""");
        var secrets = platform.Services.GetRequiredService<SecretVariables>();

        var tenants = await secrets.OpenAsync("default", null, ["A", "PLAIN", "NONE"], CancellationToken.None);
        var own = await secrets.OpenAsync("default", workflow, null, CancellationToken.None);

        Assert.Equal("""{"A":"prod-secret"}""", JsonText.Write(tenants.Values));
        Assert.Equal(["own-user", "123456", """{"user":"own-user","pin":123456}"""], own.Texts);
        Assert.Equal(["A"], await secrets.NamesAsync("default", workflow, CancellationToken.None));
    }

    [Fact]
    public async Task A_restored_secret_has_the_value_of_then()
    {
        await using var platform = await TestPlatform.StartAsync();
        var at = (await platform.PostAsync(Path, """{"name":"A","value":"first-secret","secret":true}""")).Header("Location")!;
        await platform.SendAsync("PUT", at, """{"name":"A","value":"second-secret","secret":true}""");
        await platform.PostAsync(at + "/versions/1/restore");

        var opened = await platform.Services.GetRequiredService<SecretVariables>().OpenAsync("default", null, ["A"], CancellationToken.None);

        Assert.Equal(["first-secret"], opened.Texts);
    }

    [Fact]
    public void Only_the_environment_variables_that_a_setting_names_are_shown()
    {
        Environment.SetEnvironmentVariable("VARIABLE_SET_TESTS", "shown");

        var shown = new ShownEnvironment(new LinkFlowOptions { Expressions = new ExpressionOptions { Environment = ["VARIABLE_SET_TESTS", "NOT_SET_AT_ALL"] } });

        Assert.Equal("""{"VARIABLE_SET_TESTS":"shown"}""", JsonText.Write(shown.Variables));
    }

    private static VariableSets Sets(TestPlatform platform) => platform.Services.GetRequiredService<VariableSets>();

    private static Execution Waiting(long variables) => new()
    {
        Id = "e", WorkflowId = "w", WorkflowVersion = 1, Status = ExecutionStatus.Waiting, Mode = "api", StartNode = "start", StartedAt = 0, VariablesVersion = (int)variables,
    };
}
