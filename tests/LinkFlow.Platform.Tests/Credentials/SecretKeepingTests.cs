using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Credentials;

/// <summary>Secrets and documents are in two stores: what is left when one of them fails in between, and how it is cleared up.</summary>
public class SecretKeepingTests
{
    private const string Body = """{"name":"Shop","type":"bearer","data":{"token":"s3cret-token"}}""";

    [Fact]
    public async Task A_document_that_was_not_written_leaves_secrets_that_a_sweep_removes()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await CreateAsync(platform);
        platform.Store.FailNext = c => c.Type.Name == "credential";

        var failed = await platform.PostAsync($"/api/v1/credentials/{id}/rotate", """{"data":{"token":"s3cret-next"}}""");
        var left = platform.Secrets.Count;
        var swept = await SweepLaterAsync(platform);

        Assert.Equal((503, 2, 1, 1), (failed.Status, left, swept, platform.Secrets.Count));
        Assert.Equal(200, (await platform.PostAsync($"/api/v1/credentials/{id}/rotate", """{"data":{"token":"s3cret-again"}}""")).Status);
    }

    [Fact]
    public async Task A_credential_that_was_never_written_leaves_nothing_behind()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Store.FailNext = c => c.Type.Name == "credential";

        var failed = await platform.PostAsync("/api/v1/credentials", Body);
        await SweepLaterAsync(platform);

        Assert.Equal((503, 0), (failed.Status, platform.Secrets.Count));
    }

    [Fact]
    public async Task A_retirement_that_failed_is_made_up_for()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await CreateAsync(platform);
        platform.Secrets.RemovalFault = new StoreUnavailableException("busy", TimeSpan.FromSeconds(1));

        var rotated = await platform.PostAsync($"/api/v1/credentials/{id}/rotate", """{"data":{"token":"s3cret-next"}}""");
        platform.Secrets.RemovalFault = null;
        var swept = await SweepLaterAsync(platform);

        Assert.Equal((200, 1, 1), (rotated.Status, swept, platform.Secrets.Count));
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_is_finished()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = await CreateAsync(platform);
        platform.Secrets.RemovalFault = new StoreUnavailableException("busy", TimeSpan.FromSeconds(1));

        var deleted = await platform.SendAsync("DELETE", $"/api/v1/credentials/{id}");
        platform.Secrets.RemovalFault = null;
        await SweepLaterAsync(platform);

        Assert.Equal((204, 404, 0), (deleted.Status, (await platform.GetAsync($"/api/v1/credentials/{id}")).Status, platform.Secrets.Count));
    }

    [Fact]
    public async Task A_change_that_is_under_way_is_left_alone()
    {
        await using var platform = await TestPlatform.StartAsync();
        platform.Store.FailNext = c => c.Type.Name == "credential";
        await platform.PostAsync("/api/v1/credentials", Body);

        Assert.Equal((0, 1), (await Keeping(platform).SweepAsync(Tenants.Default, CancellationToken.None), platform.Secrets.Count));
    }

    [Fact]
    public async Task No_document_holds_a_secret()
    {
        await using var platform = await TestPlatform.StartAsync();

        var id = (await platform.PostAsync("/api/v1/credentials", Body, "Idempotency-Key: once")).Body["id"].AsString;
        await platform.PostAsync($"/api/v1/credentials/{id}/rotate", """{"data":{"token":"s3cret-next"}}""", "Idempotency-Key: twice");

        Assert.DoesNotContain("s3cret", platform.Store.Dump() + string.Join('\n', platform.Store.Raised.Select(e => e.Data.ToString())) + string.Join('\n', platform.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_optional_secret_is_taken_away_with_the_store_s_copy()
    {
        await using var platform = await TestPlatform.StartAsync();
        var id = (await platform.PostAsync("/api/v1/credentials", """{"name":"r","type":"redis","data":{"host":"h","password":"s3cret"}}""")).Body["id"].AsString;

        var changed = await platform.SendAsync("PUT", $"/api/v1/credentials/{id}", """{"name":"r","type":"redis","data":{"host":"h","password":""}}""");
        var set = await platform.SendAsync("PUT", $"/api/v1/credentials/{id}", """{"name":"r","type":"redis","data":{"host":"h","password":"s3cret2"}}""");

        Assert.Equal(("[]", """["password"]"""), (changed.Body["secretSet"].ToString(), set.Body["secretSet"].ToString()));
        Assert.Equal(1, platform.Secrets.Count);
    }

    private static SecretKeeping Keeping(TestPlatform platform) => platform.Services.GetRequiredService<SecretKeeping>();

    private static Task<int> SweepLaterAsync(TestPlatform platform)
    {
        platform.Clock.Advance(TimeSpan.FromMinutes(11));
        return Keeping(platform).SweepAsync(Tenants.Default, CancellationToken.None);
    }

    private static async Task<string> CreateAsync(TestPlatform platform) => (await platform.PostAsync("/api/v1/credentials", Body)).Body["id"].AsString!;
}
