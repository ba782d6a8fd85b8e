using System.Security.Cryptography;
using System.Text;
using LinkFlow.Local.Secrets;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Local.Tests.Secrets;

public sealed class MasterKeyRotationTests : IAsyncLifetime
{
    private const string Tenant = "default";

    private readonly Dictionary<string, string> _versions = [];
    private TestSecrets _test = null!;
    private MasterKeyRotation _rotation = null!;
    private int _rotated;

    public async Task InitializeAsync()
    {
        _test = await TestSecrets.OpenAsync();
        _rotation = NewRotation();
    }

    public Task DisposeAsync()
    {
        _rotation.Dispose();
        _test.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_rotation_moves_every_secret_to_a_new_key_and_drops_the_old_one()
    {
        await PutAsync(120);
        var token = await _test.Store.SealAsync(Tenant, "p", "token"u8.ToArray());
        var old = _test.Store.Ring.Current.Id.ToString();

        var began = await _rotation.RotateAsync();
        Assert.Equal((old, 121, 0), (began.Keys[1].Id, (int)began.Keys[1].Secrets, (int)began.Keys[0].Secrets));
        var ended = await EndedAsync();

        Assert.Equal(121, ended.Keys[0].Secrets);
        Assert.DoesNotContain(old, await File.ReadAllTextAsync(_test.KeyPath), StringComparison.Ordinal);
        await RestartAsync();
        Assert.Equal(1, _rotated);
        await AllOpenAsync();
        using var opened = await _test.Store.UnsealAsync(Tenant, "p", token);
        Assert.Equal("token", Encoding.UTF8.GetString(opened.Bytes));
    }

    [Fact]
    public async Task The_file_holds_both_keys_while_a_rotation_is_under_way()
    {
        await PutAsync(1);
        var old = _test.Store.Ring.Current.Id;

        await _rotation.RotateAsync();

        Assert.Equal([_test.Store.Ring.Current.Id, old], new MasterKeyFile(_test.KeyPath).Read().Select(k => k.Id));
        Assert.NotEqual(old, _test.Store.Ring.Current.Id);
        await AllOpenAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(120)]
    public async Task A_start_goes_on_with_a_rotation_that_was_interrupted_anywhere(int rewrapped)
    {
        await PutAsync(120);
        await _rotation.RotateAsync();
        await RewrapAsync(rewrapped);

        await RestartAsync();
        Assert.Equal(120 - rewrapped, (await _rotation.GetAsync()).Keys[1].Secrets);
        await EndedAsync();

        Assert.Single(new MasterKeyFile(_test.KeyPath).Read());
        await RestartAsync();
        await AllOpenAsync();
    }

    [Fact]
    public async Task A_second_rotation_waits_for_the_end_of_the_first()
    {
        await PutAsync(1);
        await _rotation.RotateAsync();

        var refused = await Assert.ThrowsAsync<RotationRefusedException>(() => _rotation.RotateAsync());

        Assert.Contains("under way", refused.Message, StringComparison.Ordinal);
        await EndedAsync();
        await _rotation.RotateAsync();
    }

    [Fact]
    public async Task Of_many_rotations_at_once_one_begins()
    {
        await PutAsync(1);

        var tries = Enumerable.Range(0, 20).Select(_ => Task.Run(() => _rotation.RotateAsync())).ToList();
        await Task.WhenAll(tries.Select(t => t.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(1, tries.Count(t => t.IsCompletedSuccessfully));
        Assert.Equal(2, _test.Store.Ring.Keys.Count);
    }

    [Fact]
    public async Task Secrets_are_put_and_opened_while_keys_rotate_again_and_again()
    {
        await _rotation.StartAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var putting = Task.Run(() => PutUntilAsync(stop.Token));
        for (var rotations = 0; rotations < 10; rotations++)
        {
            await _rotation.RotateAsync();
            await IsOneKeyAsync();
        }

        await stop.CancelAsync();
        await putting;

        await RestartAsync();
        Assert.Equal(10, _rotated);
        Assert.NotEmpty(_versions);
        await AllOpenAsync();
    }

    [Fact]
    public async Task A_key_file_that_cannot_be_written_leaves_the_keys_as_they_were()
    {
        var old = _test.Store.Ring.Current.Id;
        Directory.CreateDirectory(_test.KeyPath + ".new");

        var refused = await Assert.ThrowsAsync<RotationRefusedException>(() => _rotation.RotateAsync());

        Assert.Contains(_test.KeyPath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(old, Assert.Single(_test.Store.Ring.Keys).Id);
        Directory.Delete(_test.KeyPath + ".new");
        await _rotation.RotateAsync();
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_leaves_the_keys_as_they_were()
    {
        await PutAsync(1);
        var old = _test.Store.Ring.Current.Id;
        await _test.Test.ExecuteAsync("ALTER TABLE master_keys RENAME TO away; CREATE VIEW master_keys AS SELECT * FROM away");

        await Assert.ThrowsAsync<LinkFlow.Local.Sqlite.SqliteFaultException>(() => _rotation.RotateAsync());

        Assert.Equal(old, Assert.Single(_test.Store.Ring.Keys).Id);
        Assert.Equal(old, Assert.Single(new MasterKeyFile(_test.KeyPath).Read()).Id);
    }

    [Fact]
    public async Task A_damaged_secret_keeps_the_old_key_and_the_others_are_rewrapped()
    {
        await PutAsync(60);
        await _test.Test.ExecuteAsync("UPDATE secrets SET envelope = CAST(substr(envelope, 1, 30) || x'00' || substr(envelope, 32) AS BLOB) WHERE number = 7");
        await _rotation.StartAsync(CancellationToken.None);
        await _rotation.RotateAsync();
        await UntilAsync(async () => (await _rotation.GetAsync()).Unreadable == 1);

        var status = await _rotation.GetAsync();
        Assert.Equal((59, 1), ((int)status.Keys[0].Secrets, (int)status.Keys[1].Secrets));
        Assert.Contains("damaged", (await Assert.ThrowsAsync<RotationRefusedException>(() => _rotation.RotateAsync())).Message, StringComparison.Ordinal);
        await _test.Store.DeleteAsync(Tenant, "secret-6");
        await RestartAsync();
        await EndedAsync();
    }

    [Fact]
    public async Task A_key_from_the_environment_is_rotated_by_a_start_with_the_old_one_beside_it()
    {
        var (old, @new) = (NewKey(), NewKey());
        using var test = await TestSecrets.OpenAsync(new SecretsOptions { MasterKey = old });
        var version = await test.Store.PutAsync(Tenant, "a", "secret"u8.ToArray());
        using (var before = NewRotation(test))
            Assert.Contains("LinkFlow:Secrets:PreviousMasterKey", (await Assert.ThrowsAsync<RotationRefusedException>(() => before.RotateAsync())).Message, StringComparison.Ordinal);

        test.Options = new SecretsOptions { MasterKey = @new, PreviousMasterKey = [old] };
        await test.RestartAsync();
        using var rotation = NewRotation(test);
        await rotation.StartAsync(CancellationToken.None);
        await UntilAsync(async () => !(await rotation.GetAsync()).IsRotating);
        await rotation.StopAsync(CancellationToken.None);

        test.Options = new SecretsOptions { MasterKey = @new };
        await test.RestartAsync();
        using var opened = await test.Store.OpenAsync(Tenant, "a", version);
        Assert.Equal("secret", Encoding.UTF8.GetString(opened!.Bytes));
    }

    [Fact]
    public async Task A_key_moves_from_the_environment_into_a_file()
    {
        var old = NewKey();
        using var test = await TestSecrets.OpenAsync(new SecretsOptions { MasterKey = old });
        var version = await test.Store.PutAsync(Tenant, "a", "secret"u8.ToArray());

        test.Options = new SecretsOptions { PreviousMasterKey = [old] };
        await test.RestartAsync();
        using var rotation = NewRotation(test);
        await rotation.StartAsync(CancellationToken.None);
        await UntilAsync(async () => !(await rotation.GetAsync()).IsRotating);
        await rotation.StopAsync(CancellationToken.None);
        test.Options = new SecretsOptions();
        await test.RestartAsync();

        using var opened = await test.Store.OpenAsync(Tenant, "a", version);
        Assert.Equal("secret", Encoding.UTF8.GetString(opened!.Bytes));
        Assert.Equal(test.Store.Ring.Current.Id, Assert.Single(new MasterKeyFile(test.KeyPath).Read()).Id);
    }

    [Fact]
    public async Task A_backup_from_before_a_rotation_opens_with_the_key_file_from_before()
    {
        await PutAsync(3);
        var keyBefore = await File.ReadAllBytesAsync(_test.KeyPath);
        await _test.Test.ExecuteAsync("CREATE TABLE backup AS SELECT * FROM secrets");
        await _rotation.RotateAsync();
        await EndedAsync();
        await _rotation.StopAsync(CancellationToken.None);

        await _test.Test.ExecuteAsync("DELETE FROM secrets; INSERT INTO secrets SELECT * FROM backup");
        var refused = await Assert.ThrowsAsync<MasterKeyException>(_test.RestartAsync);
        Assert.Contains("3 secrets are sealed with the master key", refused.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(_test.KeyPath, keyBefore);

        await RestartAsync();
        await AllOpenAsync();
    }

    private MasterKeyRotation NewRotation(TestSecrets? test = null) =>
        new((test ?? _test).Store, () => _rotated++, TimeProvider.System, NullLogger<MasterKeyRotation>.Instance);

    private async Task RestartAsync()
    {
        await _rotation.StopAsync(CancellationToken.None);
        _rotation.Dispose();
        await _test.RestartAsync();
        _rotation = NewRotation();
    }

    private async Task PutAsync(int count)
    {
        for (var i = 0; i < count; i++) _versions.Add($"secret-{i}", await _test.Store.PutAsync(Tenant, $"secret-{i}", Encoding.UTF8.GetBytes($"value-{i}")));
    }

    private async Task PutUntilAsync(CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var version = await _test.Store.PutAsync(Tenant, $"secret-{i}", Encoding.UTF8.GetBytes($"value-{i}"), CancellationToken.None);
            _versions.Add($"secret-{i}", version);
            using var opened = await _test.Store.OpenAsync(Tenant, $"secret-{i}", version, CancellationToken.None);
            Assert.NotNull(opened);
        }
    }

    /// <summary>Re-wraps the first secrets by hand, as far as a rotation may have come.</summary>
    private Task RewrapAsync(int count) => _test.Test.Store.Writer.WriteAsync(session =>
    {
        var (current, old) = (_test.Store.Ring.Keys[0], _test.Store.Ring.Keys[1]);
        foreach (var row in SecretRows.ReadWrappedBy(session, old.Id, 0, count))
            SecretRows.Replace(session, row.Number, SecretEnvelope.Rewrap(old, current, row.Place, row.Envelope)!);
        return true;
    });

    private async Task AllOpenAsync()
    {
        foreach (var (name, version) in _versions)
        {
            using var secret = await _test.Store.OpenAsync(Tenant, name, version);
            Assert.Equal($"value-{name[7..]}", Encoding.UTF8.GetString(secret!.Bytes));
        }
    }

    private async Task<MasterKeyStatus> EndedAsync()
    {
        await _rotation.StartAsync(CancellationToken.None);
        await IsOneKeyAsync();
        return await _rotation.GetAsync();
    }

    private Task IsOneKeyAsync() => UntilAsync(() => Task.FromResult(_test.Store.Ring.Keys.Count == 1));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            Assert.True(tries < 3_000, "It did not come to pass within 30 s.");
            await Task.Delay(10);
        }
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
