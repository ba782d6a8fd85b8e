using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Secrets;

public sealed class MasterKeyEndpointTests
{
    private const string Path = "/api/v1/secrets/master-key";

    [Fact]
    public async Task It_shows_the_keys_and_how_far_a_rotation_is()
    {
        var keys = new FakeKeys(new MasterKeyStatus("file", [new MasterKeyUse("new", DateTimeOffset.UnixEpoch, 3), new MasterKeyUse("old", null, 4)], 1));
        await using var platform = await StartAsync(keys);

        var shown = (await platform.GetAsync(Path)).Body;

        Assert.Equal("""{"keyId":"new","source":"file","madeAt":"1970-01-01T00:00:00.000Z","rotating":true,"secrets":7,"remaining":4,"unreadable":1,"keys":[{"id":"new","madeAt":"1970-01-01T00:00:00.000Z","secrets":3},{"id":"old","madeAt":null,"secrets":4}]}""", shown.ToString());
    }

    [Fact]
    public async Task A_rotation_begins_and_a_second_one_is_told_to_wait()
    {
        var keys = new FakeKeys(new MasterKeyStatus("file", [new MasterKeyUse("a", null, 0)], 0));
        await using var platform = await StartAsync(keys);

        Assert.Equal(202, (await platform.PostAsync(Path + "/rotate")).Status);
        keys.Refusal = "It is under way.";
        var refused = await platform.PostAsync(Path + "/rotate");

        Assert.Equal((409, "It is under way.", 1), (refused.Status, refused.Message, keys.Rotations));
    }

    [Theory]
    [InlineData("secret:rotate", 200, 202)]
    [InlineData("secret:*", 200, 202)]
    [InlineData("workflow:write", 403, 403)]
    public async Task It_needs_a_permission_of_its_own(string scope, int get, int post)
    {
        await using var platform = await StartAsync(new FakeKeys(new MasterKeyStatus("file", [new MasterKeyUse("a", null, 0)], 0)));
        var key = await platform.KeyAsync(scope);

        Assert.Equal((get, post), ((await platform.SendAsync("GET", Path, key: key)).Status, (await platform.SendAsync("POST", Path + "/rotate", key: key)).Status));
    }

    [Fact]
    public async Task A_host_without_a_key_of_its_own_says_so()
    {
        await using var platform = await StartAsync(null);

        var answer = await platform.GetAsync(Path);

        Assert.Equal(404, answer.Status);
        Assert.Contains("no master key of its own", answer.Message, StringComparison.Ordinal);
    }

    private static Task<TestPlatform> StartAsync(FakeKeys? keys) =>
        TestPlatform.StartAsync(services: services =>
        {
            if (keys is not null) services.AddSingleton<IMasterKeys>(keys);
        });

    private sealed class FakeKeys(MasterKeyStatus status) : IMasterKeys
    {
        public string? Refusal { get; set; }
        public int Rotations { get; private set; }

        public ValueTask<MasterKeyStatus> GetAsync(CancellationToken cancellationToken = default) => new(status);

        public Task<MasterKeyStatus> RotateAsync(CancellationToken cancellationToken = default)
        {
            if (Refusal is not null) throw new RotationRefusedException(Refusal);
            Rotations++;
            return Task.FromResult(status);
        }
    }
}
