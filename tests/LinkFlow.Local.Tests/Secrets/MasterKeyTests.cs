using System.Security.Cryptography;
using System.Text;
using LinkFlow.Local.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Local.Tests.Secrets;

/// <summary>Where the master key comes from at a start, and which starts are refused.</summary>
public sealed class MasterKeyTests : IAsyncLifetime
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private TestSecrets _test = null!;

    public async Task InitializeAsync() => _test = await TestSecrets.OpenAsync();

    public Task DisposeAsync()
    {
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void The_first_start_makes_a_file_that_only_its_owner_may_read()
    {
        var lines = File.ReadAllLines(_test.KeyPath);

        Assert.StartsWith("LinkFlow master keys, format 1.", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{_test.Store.Ring.Current.Id} 2026-12-01T00:00:00.000Z ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("sha256 ", lines[2], StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(OwnersOnly, File.GetUnixFileMode(_test.KeyPath));
    }

    [Fact]
    public async Task The_next_start_takes_the_same_key_and_leaves_the_file_as_it_is()
    {
        var text = await File.ReadAllTextAsync(_test.KeyPath);
        var id = _test.Store.Ring.Current.Id;
        // What a start that died while it wrote may leave.
        await File.WriteAllTextAsync(_test.KeyPath + ".new", "half a");

        await _test.RestartAsync();

        Assert.Equal(id, _test.Store.Ring.Current.Id);
        Assert.Equal(text, await File.ReadAllTextAsync(_test.KeyPath));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "0640")]
    [InlineData(UnixFileMode.OtherRead, "0604")]
    [InlineData(UnixFileMode.GroupWrite | UnixFileMode.OtherRead, "0624")]
    public async Task A_file_that_others_may_use_is_refused(UnixFileMode more, string told)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_test.KeyPath, OwnersOnly | more);

        var refused = await Assert.ThrowsAsync<MasterKeyException>(_test.RestartAsync);

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_even_the_owner_may_only_read_is_taken()
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_test.KeyPath, UnixFileMode.UserRead);

        await _test.RestartAsync();
    }

    [Fact]
    public async Task Each_byte_of_the_file_is_protected()
    {
        var bytes = await File.ReadAllBytesAsync(_test.KeyPath);
        for (var at = 0; at < bytes.Length - 1; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            await File.WriteAllBytesAsync(_test.KeyPath, changed);
            Assert.Throws<MasterKeyException>(() => new MasterKeyFile(_test.KeyPath).Read());
        }
    }

    [Fact]
    public async Task A_file_that_was_cut_short_is_refused()
    {
        var bytes = await File.ReadAllBytesAsync(_test.KeyPath);
        for (var length = 0; length < bytes.Length - 1; length++)
        {
            await File.WriteAllBytesAsync(_test.KeyPath, bytes[..length]);
            Assert.Contains("damaged", Assert.Throws<MasterKeyException>(() => new MasterKeyFile(_test.KeyPath).Read()).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("LinkFlow master keys, format 2.\n", "newer")]
    [InlineData("something else", "does not begin as")]
    [InlineData("00112233 x", "is not 'id time key'")]
    [InlineData("7c5fee74bb7e5e35 2026-12-01T00:00:00.000Z AAAA", "base64 of 32 bytes")]
    [InlineData("7c5fee74bb7e5e35 2026-12-01T00:00:00.000Z AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "id names")]
    [InlineData("", "holds no key")]
    public async Task A_file_that_was_edited_is_refused_with_a_reason(string content, string told)
    {
        var title = (await File.ReadAllLinesAsync(_test.KeyPath))[0];
        if (!content.StartsWith("LinkFlow", StringComparison.Ordinal) && !content.StartsWith("something", StringComparison.Ordinal))
        {
            var body = $"{title}\n{content}{(content.Length > 0 ? "\n" : "")}";
            content = body + $"sha256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(body)))}\n";
        }

        await File.WriteAllTextAsync(_test.KeyPath, content);

        Assert.Contains(told, (await Assert.ThrowsAsync<MasterKeyException>(_test.RestartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_without_the_file_is_refused_once_there_are_secrets_and_names_the_key()
    {
        await _test.Store.PutAsync("default", "a", "secret"u8.ToArray());
        var id = _test.Store.Ring.Current.Id.ToString();
        File.Move(_test.KeyPath, _test.KeyPath + ".aside");

        var refused = await Assert.ThrowsAsync<MasterKeyException>(_test.RestartAsync);

        Assert.Contains(id, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_test.KeyPath, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_test.KeyPath));
    }

    [Fact]
    public async Task A_lost_key_is_replaced_once_what_it_sealed_is_deleted()
    {
        await _test.Store.PutAsync("default", "a", "secret"u8.ToArray());
        var token = await _test.Store.SealAsync("default", "p", "token"u8.ToArray());
        var lost = _test.Store.Ring.Current.Id;
        File.Delete(_test.KeyPath);
        await _test.Test.ExecuteAsync("DELETE FROM secrets");

        await _test.RestartAsync();

        Assert.NotEqual(lost, _test.Store.Ring.Current.Id);
        Assert.NotEmpty(await _test.Store.PutAsync("default", "a", "anew"u8.ToArray()));
        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await _test.Store.UnsealAsync("default", "p", token));
    }

    [Fact]
    public async Task A_start_with_another_key_is_refused_and_names_both()
    {
        await _test.Store.PutAsync("default", "a", "secret"u8.ToArray());
        var id = _test.Store.Ring.Current.Id.ToString();
        using var other = MasterKey.From(new byte[32], null);
        _test.Options = new SecretsOptions { MasterKey = Convert.ToBase64String(new byte[32]) };

        var refused = await Assert.ThrowsAsync<MasterKeyException>(_test.RestartAsync);

        Assert.Contains($"1 secrets are sealed with the master key {id}", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"LinkFlow:Secrets:MasterKey holds {other.Id}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_test.Options.MasterKey, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zeroblob(3)")]
    [InlineData("zeroblob(0)")]
    [InlineData("CAST(substr(envelope, 1, 1) || x'0011223344556677' || substr(envelope, 10) AS BLOB)")]
    public async Task A_damaged_envelope_does_not_keep_the_others_from_being_opened(string damage)
    {
        await _test.Store.PutAsync("default", "damaged", "secret"u8.ToArray());
        var version = await _test.Store.PutAsync("default", "sound", "secret"u8.ToArray());
        await _test.Test.ExecuteAsync($"UPDATE secrets SET envelope = {damage} WHERE name = 'damaged'");

        await _test.RestartAsync();

        using var secret = await _test.Store.OpenAsync("default", "sound", version);
        Assert.NotNull(secret);
    }

    [Fact]
    public async Task A_key_from_the_environment_makes_no_file()
    {
        using var test = await TestSecrets.OpenAsync(new SecretsOptions { MasterKey = NewKey() });

        var version = await test.Store.PutAsync("default", "a", "secret"u8.ToArray());
        await test.RestartAsync();

        using var secret = await test.Store.OpenAsync("default", "a", version);
        Assert.Equal("secret", Encoding.UTF8.GetString(secret!.Bytes));
        Assert.False(File.Exists(test.KeyPath));
    }

    [Fact]
    public async Task A_mounted_file_may_hold_nothing_but_the_key()
    {
        var path = Path.Combine(_test.Test.Folder.Path, "mounted");
        await File.WriteAllTextAsync(path, NewKey() + "\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead);

        using var test = await TestSecrets.OpenAsync(new SecretsOptions { MasterKeyFile = path });

        Assert.Single(test.Store.Ring.Keys);
        Assert.False(File.Exists(test.KeyPath));
    }

    [Fact]
    public async Task A_key_file_elsewhere_is_made_there()
    {
        var path = Path.Combine(_test.Test.Folder.Path, "elsewhere.key");

        using var test = await TestSecrets.OpenAsync(new SecretsOptions { MasterKeyFile = path });

        Assert.True(File.Exists(path));
        Assert.False(File.Exists(test.KeyPath));
    }

    [Fact]
    public async Task Two_master_keys_are_one_too_many()
    {
        _test.Options = new SecretsOptions { MasterKey = NewKey(), MasterKeyFile = _test.KeyPath };

        Assert.Contains("both set", (await Assert.ThrowsAsync<SettingsException>(_test.RestartAsync)).Message, StringComparison.Ordinal);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
