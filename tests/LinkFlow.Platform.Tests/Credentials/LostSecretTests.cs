using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Credentials;

/// <summary>Credentials whose secrets the store has no more, or cannot open: as after a restore without the master key.</summary>
public sealed class LostSecretTests : IAsyncLifetime
{
    private TestPlatform _platform = null!;
    private string _path = "";

    public async Task InitializeAsync()
    {
        _platform = await TestPlatform.StartAsync();
        var created = await _platform.PostAsync("/api/v1/credentials", """{"name":"Shop","type":"basic","data":{"username":"ada","password":"correct horse"}}""");
        _path = $"/api/v1/credentials/{created.Body["id"].AsString}";
    }

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_can_be_set_anew(bool isGone)
    {
        Lose(isGone);

        var saved = await _platform.SendAsync("PUT", _path, """{"name":"Shop","type":"basic","data":{"username":"ada","password":"battery staple"}}""");

        Assert.True(saved.Status == 200, saved.Text);
        Assert.Equal(2, saved.Body["version"].AsNumber);
        Assert.Equal(1, _platform.Secrets.Count);
    }

    [Theory]
    [InlineData(true, "gone from the secret store")]
    [InlineData(false, "sealed with another key")]
    public async Task They_cannot_be_kept_and_the_answer_names_them(bool isGone, string told)
    {
        Lose(isGone);

        var refused = await _platform.SendAsync("PUT", _path, """{"name":"Renamed","type":"basic","data":{"username":"ada","password":null}}""");

        Assert.Equal(409, refused.Status);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.Contains("'password'", refused.Message, StringComparison.Ordinal);
    }

    private void Lose(bool isGone)
    {
        if (isGone) _platform.Secrets.Lose();
        else _platform.Secrets.OpenFault = new SecretUnreadableException("sealed with another key");
    }
}
