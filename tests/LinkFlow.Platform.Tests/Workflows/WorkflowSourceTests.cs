using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Workflows;

public sealed class WorkflowSourceTests
{
    [Fact]
    public async Task What_this_host_changes_is_seen_at_once_and_what_another_one_changes_after_a_while()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await platform.ActiveWorkflowAsync(Examples.Minimal);
        var ours = platform.Services.GetRequiredService<IWorkflowSource>();
        var theirs = new WorkflowSource(platform.Store, platform.Clock);
        Assert.NotNull(await ours.FindActiveAsync(Tenants.Default, id));
        Assert.NotNull(await theirs.FindActiveAsync(Tenants.Default, id));

        await platform.PostAsync($"/api/v1/workflows/{id}/deactivate");

        Assert.Null(await ours.FindActiveAsync(Tenants.Default, id));
        Assert.NotNull(await theirs.FindActiveAsync(Tenants.Default, id));
        platform.Clock.Advance(WorkflowSource.TimeToLive);
        Assert.Null(await theirs.FindActiveAsync(Tenants.Default, id));
    }
}
