using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Ports;

/// <summary>What every <see cref="IBlobStore"/> keeps. A new store's tests derive from it; the file is linked into their project.</summary>
public abstract class BlobStoreContract
{
    /// <summary>The store under test.</summary>
    protected abstract IBlobStore Store { get; }

    /// <summary>Tenants that no other test uses.</summary>
    protected string Tenant { get; } = $"t-{Guid.NewGuid():N}";
    protected string Other { get; } = $"t-{Guid.NewGuid():N}";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(300_000)]
    [InlineData(9_000_000)]
    public async Task A_payload_is_read_as_it_was_put(int length)
    {
        var (noise, text) = (new byte[length], new byte[length]);
        new Random(length).NextBytes(noise);
        Array.Fill(text, (byte)'a');

        foreach (var payload in new[] { noise, text })
        {
            var name = await Store.PutAsync(Tenant, payload);
            var read = (await Store.GetAsync(Tenant, name))!.Value;
            Assert.True(payload.AsSpan().SequenceEqual(read.Span));
        }
    }

    [Fact]
    public async Task Equal_payloads_have_one_name_in_a_tenant_and_another_one_elsewhere()
    {
        var names = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Store.PutAsync(Tenant, new byte[5_000]))));
        var other = await Store.PutAsync(Other, new byte[5_000]);

        Assert.Single(names.Distinct());
        Assert.Matches("^[a-z0-9-]+/[0-9a-f]{64}$", names[0]);
        Assert.NotEqual(names[0].Split('/')[1], other.Split('/')[1]);
    }

    [Fact]
    public async Task A_tenant_reads_only_its_own()
    {
        var name = await Store.PutAsync(Tenant, "x"u8.ToArray());

        Assert.Null(await Store.GetAsync(Other, name));
        Assert.Null(await Store.GetAsync(Other, name.Replace(Tenant, Other, StringComparison.Ordinal)));
        Assert.NotNull(await Store.GetAsync(Tenant, name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("{0}/../keys/{0}")]
    [InlineData("{0}/0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("{0}/AAAA000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_name_that_is_none_leads_nowhere(string name) =>
        Assert.Null(await Store.GetAsync(Tenant, name.Replace("{0}", Tenant, StringComparison.Ordinal)));
}
