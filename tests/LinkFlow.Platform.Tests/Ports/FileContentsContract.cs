using System.Security.Cryptography;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Ports;

/// <summary>What every <see cref="IFileContents"/> keeps. A new store's tests derive from it; the file is linked into their project.</summary>
public abstract class FileContentsContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The store under test.</summary>
    protected abstract IFileContents Store { get; }

    /// <summary>By the store's clock.</summary>
    protected abstract DateTimeOffset Now { get; }

    /// <summary>Lets at least two seconds pass, by the store's clock.</summary>
    protected abstract Task PassTimeAsync();

    /// <summary>Tenants that no other test uses.</summary>
    protected string Tenant { get; } = $"t-{Guid.NewGuid():N}";
    protected string Other { get; } = $"t-{Guid.NewGuid():N}";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * 1024 * 1024 - 1)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(4 * 1024 * 1024 + 1)]
    [InlineData(9_500_000)]
    public async Task A_content_is_read_as_it_was_put_with_its_size_and_hash(int length)
    {
        var bytes = Bytes(length);

        var content = await Store.PutAsync(Tenant, new TricklingStream(bytes));

        Assert.Equal((length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (content.Size, content.Sha256));
        var read = await ReadAsync(content.Name, 0, length);
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(9_500_000)]
    public async Task A_part_is_read_from_where_to_where_it_was_asked(int length)
    {
        var bytes = Bytes(length);
        var content = await Store.PutAsync(Tenant, new MemoryStream(bytes));

        foreach (var (offset, count) in new[] { (0, 1), (length - 1, 1), (length / 2, 500), (length - 10, 10), (length, 0), (7, 0) })
        {
            var read = await ReadAsync(content.Name, offset, count);
            Assert.True(bytes.AsSpan(offset, Math.Min(count, length - offset)).SequenceEqual(read), $"{offset} {count}");
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(5_000_000)]
    public async Task Equal_contents_have_one_name_in_a_tenant_and_another_one_elsewhere(int length)
    {
        var bytes = Bytes(length);

        var puts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store.PutAsync(Tenant, new MemoryStream(bytes))));
        var other = await Store.PutAsync(Other, new MemoryStream(bytes));

        Assert.Single(puts.Distinct());
        Assert.Equal(puts[0].Sha256, other.Sha256);
        Assert.NotEqual(puts[0].Name.Split('/')[^1], other.Name.Split('/')[^1]);
        Assert.Single(await ListAsync(Now + Second + Second));
    }

    [Fact]
    public async Task A_tenant_reads_lists_and_deletes_only_its_own()
    {
        var content = await Store.PutAsync(Tenant, new MemoryStream([1]));

        Assert.Null(await Store.OpenAsync(Other, content.Name, 0, 1));
        Assert.False(await Store.DeleteAsync(Other, content.Name, Now + TimeSpan.FromDays(1)));
        await foreach (var name in Store.ListAsync(Other, DateTimeOffset.UnixEpoch, Now + TimeSpan.FromDays(1))) Assert.Fail(name);
        Assert.Equal([1], await ReadAsync(content.Name, 0, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../x")]
    [InlineData("{0}/../keys/{0}")]
    [InlineData("{0}/0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_name_that_is_none_leads_nowhere(string name) =>
        Assert.Null(await Store.OpenAsync(Tenant, name.Replace("{0}", Tenant, StringComparison.Ordinal), 0, 1));

    [Theory]
    [InlineData(10)]
    [InlineData(6_000_000)]
    public async Task Nothing_is_there_of_a_stream_that_breaks_off(int length)
    {
        var broken = new BreakingStream(Bytes(length));

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() => Store.PutAsync(Tenant, broken));

        Assert.Equal("It broke off.", thrown.Message);
        Assert.Empty(await ListAsync(Now + Second + Second));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(6_000_000)]
    public async Task A_content_is_deleted_unless_it_was_put_again_since(int length)
    {
        var content = await Store.PutAsync(Tenant, new MemoryStream(Bytes(length)));
        await PassTimeAsync();
        var between = Now - Second;
        await Store.PutAsync(Tenant, new MemoryStream(Bytes(length)));

        Assert.False(await Store.DeleteAsync(Tenant, content.Name, between));
        Assert.Empty(await ListAsync(between));
        Assert.Equal([content.Name], await ListAsync(Now + Second + Second));
        Assert.True(await Store.DeleteAsync(Tenant, content.Name, Now + Second + Second));
        Assert.Null(await Store.OpenAsync(Tenant, content.Name, 0, 1));
        Assert.True(await Store.DeleteAsync(Tenant, content.Name, Now + Second + Second));
    }

    [Fact]
    public async Task Whole_contents_outlive_the_clearing_of_unfinished_ones()
    {
        var contents = new[] { await Store.PutAsync(Tenant, new MemoryStream([1])), await Store.PutAsync(Tenant, new MemoryStream(Bytes(5_000_000))) };

        await Store.DeleteUnfinishedAsync(Now + Second + Second);

        foreach (var content in contents) Assert.Equal(Math.Min(content.Size, 9), (await ReadAsync(content.Name, 0, 9)).Length);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private async Task<byte[]> ReadAsync(string name, long offset, long length)
    {
        await using var stream = await Store.OpenAsync(Tenant, name, offset, length);
        using var read = new MemoryStream();
        await stream!.CopyToAsync(read);
        return read.ToArray();
    }

    private async Task<List<string>> ListAsync(DateTimeOffset putBefore)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListAsync(Tenant, DateTimeOffset.UnixEpoch, putBefore)) names.Add(name);
        return names;
    }

    /// <summary>Gives what it has in pieces of no fixed size, as a network does.</summary>
    private class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + (int)(Position * 7 % 70_000))], cancellationToken);
    }

    private sealed class BreakingStream(byte[] bytes) : TricklingStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new InvalidDataException("It broke off.");
    }
}
