using System.Text;
using LinkFlow.Local.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using LinkFlow.Platform.Tests.Ports;

namespace LinkFlow.Local.Tests.Secrets;

public sealed class LocalSecretStoreTests : SecretStoreContract, IAsyncLifetime
{
    private const string Tenant = "default";

    private TestSecrets _test = null!;

    protected override ISecretStore Store => _test.Store;

    public async Task InitializeAsync() => _test = await TestSecrets.OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Secrets_outlive_the_process()
    {
        var version = await Store.PutAsync(Tenant, "a", Bytes("kept"));
        var envelope = await Store.SealAsync(Tenant, "p", Bytes("token"));

        await _test.RestartAsync();

        Assert.Equal("kept", await OpenAsync("a", version));
        using var token = await Store.UnsealAsync(Tenant, "p", envelope);
        Assert.Equal("token", Encoding.UTF8.GetString(token.Bytes));
    }

    [Theory]
    [InlineData("UPDATE secrets SET tenant = 'other' WHERE name = 'a'", "other", "a", true)]
    [InlineData("UPDATE secrets SET name = 'c' WHERE name = 'a'", Tenant, "c", true)]
    [InlineData("UPDATE secrets SET envelope = (SELECT envelope FROM secrets WHERE name = 'b') WHERE name = 'a'", Tenant, "a", true)]
    [InlineData("UPDATE secrets SET version = x'00' WHERE name = 'b'", Tenant, "a", false)]
    public async Task An_envelope_that_was_moved_does_not_open(string move, string tenant, string name, bool isRefused)
    {
        var version = await Store.PutAsync(Tenant, "a", Bytes("ours"));
        await Store.PutAsync(Tenant, "b", Bytes("other"));

        await _test.Test.ExecuteAsync(move);

        if (!isRefused) Assert.Equal("ours", await OpenAsync(name, version));
        else Assert.Contains("moved here", (await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.OpenAsync(tenant, name, version))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_version_that_was_put_in_a_newer_ones_place_does_not_open()
    {
        var first = await Store.PutAsync(Tenant, "a", Bytes("first"));
        var second = await Store.PutAsync(Tenant, "a", Bytes("second"));

        await _test.Test.ExecuteAsync("UPDATE secrets SET envelope = (SELECT envelope FROM secrets ORDER BY version LIMIT 1)");

        Assert.Equal("first", await OpenAsync("a", first));
        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.OpenAsync(Tenant, "a", second));
    }

    [Theory]
    [InlineData("x''", "damaged")]
    [InlineData("zeroblob(97)", "damaged")]
    [InlineData("zeroblob(98)", "format 0")]
    [InlineData("x'09' || substr(envelope, 2)", "format 9")]
    [InlineData("x'01' || x'0011223344556677' || substr(envelope, 10)", "0011223344556677")]
    public async Task What_is_no_envelope_of_ours_is_refused_with_a_reason(string expression, string told)
    {
        var version = await Store.PutAsync(Tenant, "a", Bytes("ours"));

        await _test.Test.ExecuteAsync($"UPDATE secrets SET envelope = CAST({expression} AS BLOB)");

        var refused = await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.OpenAsync(Tenant, "a", version));
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_a_secret_nor_the_key_is_in_the_data_folder_but_the_key_in_its_file()
    {
        var version = await Store.PutAsync(Tenant, "a", Bytes("find-me-if-you-can"));
        await Store.SealAsync(Tenant, "p", Bytes("find-me-if-you-can"));
        var key = Convert.FromBase64String(File.ReadLines(_test.KeyPath).ElementAt(1).Split(' ')[2]);

        Assert.Equal("find-me-if-you-can", await OpenAsync("a", version));
        Assert.Empty(FilesWith(Bytes("find-me-if-you-can")));
        Assert.Empty(FilesWith(key));
    }

    [Fact]
    public async Task A_deleted_envelope_is_overwritten_in_the_database_file()
    {
        var version = await Store.PutAsync(Tenant, "a", new byte[ISecretStore.MaxBytes]);
        var envelope = (await _test.Test.Store.Secrets.ReadAsync(new SecretPlace(Tenant, "a", version), CancellationToken.None))!;
        await _test.RestartAsync();
        Assert.NotEmpty(FilesWith(envelope.AsSpan(0, 60).ToArray()));

        await Store.DeleteAsync(Tenant, "a");
        await _test.RestartAsync();

        Assert.Empty(FilesWith(envelope.AsSpan(0, 60).ToArray()));
        Assert.Empty(FilesWith(envelope.AsSpan(8000, 60).ToArray()));
    }

    [Fact]
    public async Task Many_first_sealings_draw_one_sealing_key()
    {
        var envelopes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Store.SealAsync(Tenant, "p", Bytes($"{i}")).AsTask())));

        Assert.Equal(1, await _test.Test.NumberAsync("SELECT count(*) FROM secrets"));
        await _test.RestartAsync();
        foreach (var envelope in envelopes) (await Store.UnsealAsync(Tenant, "p", envelope)).Dispose();
    }

    private IEnumerable<string> FilesWith(byte[] bytes) => Directory.GetFiles(_test.Test.Folder.Path)
        .Where(f => Path.GetFileName(f) != "lock" && ReadShared(f).AsSpan().IndexOf(bytes) >= 0);

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private async Task<string?> OpenAsync(string name, string version)
    {
        using var secret = await Store.OpenAsync(Tenant, name, version);
        return secret is null ? null : Encoding.UTF8.GetString(secret.Bytes);
    }
}
