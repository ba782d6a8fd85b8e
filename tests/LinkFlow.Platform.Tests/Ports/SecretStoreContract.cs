using System.Text;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Ports;

/// <summary>What every <see cref="ISecretStore"/> keeps. A new store's tests derive from it; the file is linked into their project.</summary>
public abstract class SecretStoreContract
{
    private const string Tenant = "default";
    private const string Other = "other";

    /// <summary>The store under test, empty at first.</summary>
    protected abstract ISecretStore Store { get; }

    /// <summary>How long a deleted or retired secret may still open.</summary>
    protected virtual TimeSpan DeletesSettleWithin => TimeSpan.Zero;

    /// <summary>A name that no other test uses, as callers draw them.</summary>
    protected static string NewName() => $"credential-{Guid.CreateVersion7()}";

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(ISecretStore.MaxBytes)]
    public async Task A_secret_opens_as_it_was_put(int length)
    {
        var name = NewName();
        var secret = new byte[length];
        new Random(length).NextBytes(secret);

        var version = await Store.PutAsync(Tenant, name, secret);

        Assert.Equal(Convert.ToHexString(secret), await OpenAsync(Tenant, name, version));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a b", 1)]
    [InlineData("a/b", 1)]
    [InlineData("a.b", 1)]
    [InlineData("ä", 1)]
    [InlineData("*sealing", 1)]
    [InlineData("a", 0)]
    [InlineData("a", ISecretStore.MaxBytes + 1)]
    public async Task A_name_or_a_size_outside_its_bounds_is_refused(string name, int length) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.PutAsync(Tenant, name, new byte[length]));

    [Fact]
    public async Task A_name_may_have_as_many_characters_as_it_says_and_no_more()
    {
        var name = NewName().PadRight(ISecretStore.MaxNameLength, 'x');

        Assert.NotEmpty(await Store.PutAsync(Tenant, name, Bytes("a")));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.PutAsync(Tenant, name + "x", Bytes("a")));
    }

    [Fact]
    public async Task Versions_stay_beside_each_other_until_the_others_are_retired()
    {
        var name = NewName();
        var first = await Store.PutAsync(Tenant, name, Bytes("first"));
        var second = await Store.PutAsync(Tenant, name, Bytes("second"));

        Assert.Equal((Hex("first"), Hex("second")), (await OpenAsync(Tenant, name, first), await OpenAsync(Tenant, name, second)));
        await Store.RetireOthersAsync(Tenant, name, second);

        await ClosedAsync(Tenant, name, first);
        Assert.Equal(Hex("second"), await OpenAsync(Tenant, name, second));
    }

    [Fact]
    public async Task Retiring_the_others_of_a_version_that_is_not_there_retires_nothing()
    {
        var name = NewName();
        var version = await Store.PutAsync(Tenant, name, Bytes("a"));

        await Store.RetireOthersAsync(Tenant, name, Guid.CreateVersion7().ToString());

        Assert.Equal(Hex("a"), await OpenAsync(Tenant, name, version));
    }

    [Fact]
    public async Task A_deleted_secret_does_not_open_and_its_name_is_never_used_again()
    {
        var name = NewName();
        var version = await Store.PutAsync(Tenant, name, Bytes("a"));

        await Store.DeleteAsync(Tenant, name);
        await Store.DeleteAsync(Tenant, name);

        await ClosedAsync(Tenant, name, version);
        var refused = await Assert.ThrowsAsync<SecretDeletedException>(() => Store.PutAsync(Tenant, name, Bytes("b")));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_or_opening_what_is_not_there_is_no_error()
    {
        var name = NewName();

        await Store.DeleteAsync(Tenant, name);

        Assert.Null(await OpenAsync(Tenant, name, Guid.CreateVersion7().ToString()));
        Assert.Null(await OpenAsync(Tenant, "no name at all", "no version"));
    }

    [Fact]
    public async Task Nothing_reaches_across_tenants()
    {
        var name = NewName();
        var version = await Store.PutAsync(Tenant, name, Bytes("ours"));
        var theirs = await Store.PutAsync(Other, name, Bytes("theirs"));

        Assert.Null(await OpenAsync(Other, name, version));
        await Store.RetireOthersAsync(Other, name, version);
        await Store.DeleteAsync(Other, name);

        Assert.Equal(Hex("ours"), await OpenAsync(Tenant, name, version));
        await ClosedAsync(Other, name, theirs);
    }

    [Fact]
    public async Task A_buffer_belongs_to_who_opened_it()
    {
        var name = NewName();
        var version = await Store.PutAsync(Tenant, name, Bytes("a secret"));
        using var first = await Store.OpenAsync(Tenant, name, version);
        using (var second = await Store.OpenAsync(Tenant, name, version)) second!.Bytes.Clear();

        Assert.Equal("a secret", Encoding.UTF8.GetString(first!.Bytes));
    }

    [Fact]
    public async Task A_disposed_buffer_shows_nothing()
    {
        var name = NewName();
        var version = await Store.PutAsync(Tenant, name, Bytes("a secret"));
        var secret = (await Store.OpenAsync(Tenant, name, version))!;

        secret.Dispose();

        Assert.Throws<ObjectDisposedException>(() => secret.Bytes.Length);
    }

    [Fact]
    public async Task Many_may_put_versions_of_one_name_at_once()
    {
        var name = NewName();

        var versions = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Store.PutAsync(Tenant, name, Bytes($"{i}"))));

        Assert.Equal(20, versions.Distinct().Count());
        for (var i = 0; i < versions.Length; i++) Assert.Equal(Hex($"{i}"), await OpenAsync(Tenant, name, versions[i]));
    }

    [Fact]
    public async Task What_was_sealed_opens_for_the_same_purpose_in_the_same_tenant_only()
    {
        var envelope = await Store.SealAsync(Tenant, "access-token:1", Bytes("token"));
        await Store.SealAsync(Other, "access-token:1", Bytes("theirs"));

        using var opened = await Store.UnsealAsync(Tenant, "access-token:1", envelope);
        Assert.Equal("token", Encoding.UTF8.GetString(opened.Bytes));
        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.UnsealAsync(Tenant, "access-token:2", envelope));
        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.UnsealAsync(Other, "access-token:1", envelope));
    }

    [Fact]
    public async Task Two_sealings_of_one_secret_differ_and_show_nothing_of_it()
    {
        var secret = Bytes("a token of some length");

        var first = await Store.SealAsync(Tenant, "p", secret);
        var second = await Store.SealAsync(Tenant, "p", secret);

        Assert.NotEqual(first, second);
        Assert.True(first.AsSpan().IndexOf(secret) < 0);
    }

    [Fact]
    public async Task What_was_sealed_does_not_open_once_it_was_changed()
    {
        var envelope = await Store.SealAsync(Tenant, "p", Bytes("token"));

        for (var bit = 0; bit < envelope.Length * 8; bit += 7)
        {
            var changed = envelope.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.UnsealAsync(Tenant, "p", changed));
        }

        await Assert.ThrowsAsync<SecretUnreadableException>(async () => await Store.UnsealAsync(Tenant, "p", envelope.AsMemory(0, 10)));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(string text) => Convert.ToHexString(Bytes(text));

    private async Task<string?> OpenAsync(string tenant, string name, string version)
    {
        using var secret = await Store.OpenAsync(tenant, name, version);
        return secret is null ? null : Convert.ToHexString(secret.Bytes);
    }

    private async Task ClosedAsync(string tenant, string name, string version)
    {
        var began = Environment.TickCount64;
        while (await OpenAsync(tenant, name, version) is not null)
        {
            Assert.True(Environment.TickCount64 - began < DeletesSettleWithin.TotalMilliseconds, $"'{name}' still opens after {DeletesSettleWithin}.");
            await Task.Delay(50);
        }
    }
}
