using System.Net;
using System.Text;
using LinkFlow.Azure.Secrets;
using LinkFlow.Azure.Tests.Documents;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Azure.Tests.Secrets;

/// <summary>What the vault gets to see, and what becomes of its refusals.</summary>
public sealed class KeyVaultTests : IDisposable
{
    private readonly FakeVault _vault = new();
    private readonly TestClock _clock = new();
    private readonly KeyVaultSecretStore _store;

    public KeyVaultTests() => _store = Another();

    [Theory]
    [InlineData("a", "b", "a-b", "")]
    [InlineData("a", "bc", "ab", "c")]
    [InlineData("t", "Name", "t", "name")]
    [InlineData("T", "name", "t", "name")]
    public void Names_say_nothing_and_never_meet(string tenant, string name, string otherTenant, string otherName)
    {
        var ours = VaultNames.Of(tenant, name);

        Assert.NotEqual(ours, VaultNames.Of(otherTenant, otherName));
        Assert.Equal(67, ours.Length);
        Assert.All(ours, c => Assert.True(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
    }

    [Fact]
    public async Task A_version_that_is_none_asks_nothing_of_the_vault()
    {
        Assert.Null(await _store.OpenAsync("t", "a", "../../keys"));
        Assert.Null(await _store.OpenAsync("t", "a b", new string('0', 32)));
        Assert.Empty(_vault.Calls);
    }

    [Fact]
    public async Task A_throttled_vault_is_left_alone_for_as_long_as_it_says()
    {
        var version = await _store.PutAsync("t", "a", "1"u8.ToArray());
        _vault.RetryAfter = TimeSpan.FromSeconds(1);
        foreach (var fault in Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2)) _vault.Faults.Enqueue(fault);

        var first = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.OpenAsync("t", "a", version));
        var calls = _vault.Calls.Count;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.OpenAsync("t", "a", version));

        Assert.Equal((TimeSpan.FromSeconds(1), calls), (first.RetryAfter, _vault.Calls.Count));
        _clock.Now += TimeSpan.FromSeconds(1);
        using var opened = await _store.OpenAsync("t", "a", version);
        Assert.NotNull(opened);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, 2)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 2)]
    [InlineData(HttpStatusCode.Forbidden, 1)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    public async Task A_vault_that_cannot_be_used_now_is_an_unavailable_store(HttpStatusCode status, int times)
    {
        for (var i = 0; i < times; i++) _vault.Faults.Enqueue(status);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.PutAsync("t", "a", "1"u8.ToArray()));

        Assert.NotEmpty(await _store.PutAsync("t", "a", "1"u8.ToArray()));
    }

    [Fact]
    public async Task Retired_versions_are_disabled_and_stay_in_the_vault()
    {
        var first = await _store.PutAsync("t", "a", "1"u8.ToArray());
        var second = await _store.PutAsync("t", "a", "2"u8.ToArray());
        await _store.RetireOthersAsync("t", "a", second);
        await _store.RetireOthersAsync("t", "a", second);

        Assert.Equal([(first, false), (second, true)], Assert.Single(_vault.Secrets.Values).Select(v => (v.Version, v.IsEnabled)));
        Assert.Single(_vault.Calls, c => c.StartsWith("PATCH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_else_put_into_the_vault_is_unreadable()
    {
        await _store.PutAsync("t", "a", "1"u8.ToArray());
        var changed = await _vault.Client().SetSecretAsync(VaultNames.Of("t", "a"), "by hand");

        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await _store.OpenAsync("t", "a", changed.Value.Properties.Version));
    }

    [Fact]
    public async Task Many_seals_and_unseals_ask_the_vault_a_few_times()
    {
        var sealings = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => await _store.SealAsync("t", "p", Encoding.UTF8.GetBytes($"{i}"))));
        var calls = _vault.Calls.Count;
        using var other = Another();
        for (var i = 0; i < 50; i++)
        {
            using var opened = await other.UnsealAsync("t", "p", sealings[i]);
            Assert.Equal($"{i}", Encoding.UTF8.GetString(opened.Bytes));
        }

        Assert.Equal((3, 4), (calls, _vault.Calls.Count));
    }

    [Fact]
    public async Task A_sealing_key_is_renewed_when_it_is_old_and_what_was_sealed_before_opens()
    {
        var before = await _store.SealAsync("t", "p", "1"u8.ToArray());
        _clock.Now += TimeSpan.FromDays(91);
        _vault.Now += TimeSpan.FromDays(91);
        var after = await _store.SealAsync("t", "p", "1"u8.ToArray());

        Assert.NotEqual(SealedEnvelope.KeyVersionOf(before, "p"), SealedEnvelope.KeyVersionOf(after, "p"));
        Assert.Equal(2, _vault.Secrets[VaultNames.OfSealingKey("t")].Count);
        using var other = Another();
        using var opened = await other.UnsealAsync("t", "p", before);
        Assert.Equal(1, opened.Bytes.Length);
    }

    [Fact]
    public async Task What_was_sealed_with_a_disabled_key_does_not_open_elsewhere_and_a_new_key_is_drawn()
    {
        var envelope = await _store.SealAsync("t", "p", "1"u8.ToArray());
        _vault.Disable(VaultNames.OfSealingKey("t"));
        using var other = Another();

        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await other.UnsealAsync("t", "p", envelope));
        using var opened = await other.UnsealAsync("t", "p", await other.SealAsync("t", "p", "2"u8.ToArray()));
        Assert.Equal((byte)'2', opened.Bytes[0]);
    }

    [Fact]
    public async Task A_failed_look_for_the_sealing_key_is_made_again()
    {
        for (var i = 0; i < 2; i++) _vault.Faults.Enqueue(HttpStatusCode.InternalServerError);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _store.SealAsync("t", "p", "1"u8.ToArray()));

        Assert.NotEmpty(await _store.SealAsync("t", "p", "1"u8.ToArray()));
    }

    public void Dispose() => _store.Dispose();

    private KeyVaultSecretStore Another() => new(_vault.Client(), _clock, NullLogger<KeyVaultSecretStore>.Instance);
}
