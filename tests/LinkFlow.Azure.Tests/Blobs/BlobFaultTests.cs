using System.Security.Cryptography;
using Azure.Core;
using Azure.Storage.Blobs;
using LinkFlow.Azure.Blobs;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Tests.Blobs;

/// <summary>What the stores do while Blob Storage throttles, fails and loses answers.</summary>
[Collection(AzuriteTests.Name)]
public sealed class BlobFaultTests(Azurite azurite) : IDisposable
{
    private const int Large = 9_000_000;

    private readonly FaultyTransport _transport = new();
    private readonly string _tenant = $"t-{Guid.NewGuid():N}";

    private BlobStorageBlobStore Blobs => field ??= new BlobStorageBlobStore(Client(), "", TimeProvider.System);
    private BlobStorageFileContents Files => field ??= new BlobStorageFileContents(Client());

    public void Dispose() => _transport.Dispose();

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_request_that_was_refused_for_now_is_sent_again(int status)
    {
        var left = 2;
        _transport.Answers = _ => left-- > 0 ? status : null;

        var name = await Blobs.PutAsync(_tenant, "x"u8.ToArray());

        Assert.Equal("x"u8.ToArray(), (await Blobs.GetAsync(_tenant, name))!.Value.ToArray());
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task What_stays_refused_is_told_as_unavailable(int status)
    {
        var name = await Blobs.PutAsync(_tenant, "x"u8.ToArray());
        _transport.Answers = _ => status;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Blobs.PutAsync(_tenant, "y"u8.ToArray()));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Blobs.GetAsync(_tenant, name));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Files.PutAsync(_tenant, new MemoryStream([1])));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Files.ListAsync(_tenant, default, DateTimeOffset.MaxValue).GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task A_service_out_of_reach_is_told_as_unavailable()
    {
        _transport.Refuses = _ => true;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Blobs.PutAsync(_tenant, "x"u8.ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Large)]
    public async Task Whichever_answer_is_lost_the_content_is_there_once(int length)
    {
        await Files.PutAsync(_tenant, new MemoryStream([9, 9]));
        var bytes = RandomNumberGenerator.GetBytes(length);
        var before = _transport.Requests.Count;
        await Files.PutAsync(_tenant, new MemoryStream(RandomNumberGenerator.GetBytes(length)));
        var calls = _transport.Requests.Count - before;

        for (var lost = 0; lost < calls; lost++)
        {
            var next = lost;
            _transport.Loses = _ => next-- == 0;
            bytes[0]++;
            var content = await Files.PutAsync(_tenant, new MemoryStream(bytes));
            await using var stream = await Files.OpenAsync(_tenant, content.Name, 0, length);
            Assert.Equal(content.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(stream!)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Large)]
    public async Task Whichever_call_a_process_dies_at_no_half_content_is_seen(int length)
    {
        await Files.PutAsync(_tenant, new MemoryStream([9, 9]));
        var bytes = RandomNumberGenerator.GetBytes(length);
        for (var calls = 0; ; calls++)
        {
            var left = calls;
            _transport.Refuses = _ => left-- <= 0;
            bytes[0]++;
            var (content, isOver) = await TryPutAsync(bytes);
            _transport.Refuses = _ => false;
            await foreach (var name in Files.ListAsync(_tenant, default, DateTimeOffset.MaxValue))
            {
                await using var stream = await Files.OpenAsync(_tenant, name, 0, long.MaxValue / 2);
                var read = new MemoryStream();
                await stream!.CopyToAsync(read);
                Assert.True(read.Length == length || read.Length == 2, $"{calls}: {read.Length}");
            }

            if (isOver) break;
            Assert.Null(content);
        }
    }

    [Fact]
    public async Task An_upload_that_lost_its_way_is_cleared_away_and_named_ones_stay()
    {
        var named = await Files.PutAsync(_tenant, new MemoryStream(RandomNumberGenerator.GetBytes(Large)));
        var container = Client().GetBlobContainerClient(BlobStorageFileContents.Container);
        // It dies between the commit of the upload and that of its name: the second list of blocks.
        var lists = 0;
        _transport.Refuses = r => r.Uri.Query.Contains("comp=blocklist", StringComparison.Ordinal) && ++lists > 1;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Files.PutAsync(_tenant, new MemoryStream(RandomNumberGenerator.GetBytes(Large))));
        _transport.Refuses = _ => false;

        Assert.Equal(2, await CountAsync(container, $"uploads/{_tenant}/"));
        await Files.DeleteUnfinishedAsync(DateTimeOffset.UtcNow.AddSeconds(2));

        Assert.Equal(1, await CountAsync(container, $"uploads/{_tenant}/"));
        Assert.NotNull(await Files.OpenAsync(_tenant, named.Name, 0, 1));
    }

    [Fact]
    public async Task A_content_that_is_deleted_takes_its_upload_along()
    {
        var content = await Files.PutAsync(_tenant, new MemoryStream(RandomNumberGenerator.GetBytes(Large)));

        Assert.True(await Files.DeleteAsync(_tenant, content.Name, DateTimeOffset.UtcNow.AddSeconds(2)));

        Assert.Equal(0, await CountAsync(Client().GetBlobContainerClient(BlobStorageFileContents.Container), $"uploads/{_tenant}/"));
    }

    [Fact]
    public async Task The_same_payload_again_costs_no_call_for_a_while_and_no_transfer_later()
    {
        var payload = RandomNumberGenerator.GetBytes(600_000);
        await Blobs.PutAsync(_tenant, payload);
        var before = _transport.Requests.Count;

        await Blobs.PutAsync(_tenant, payload);
        var inProcess = _transport.Requests.Count - before;
        await new BlobStorageBlobStore(Client(), "", TimeProvider.System).PutAsync(_tenant, payload);

        Assert.Equal(0, inProcess);
        Assert.DoesNotContain(_transport.Requests.Skip(before), r => r.Contains("comp=block", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_compresses_is_stored_compressed_and_says_so()
    {
        var name = await Blobs.PutAsync(_tenant, new byte[100_000]);

        var properties = (await Client().GetBlobContainerClient(BlobStorageBlobStore.Container).GetBlobClient(name).GetPropertiesAsync()).Value;

        Assert.Equal("br", properties.ContentEncoding);
        Assert.InRange(properties.ContentLength, 1, 1000);
    }

    [Fact]
    public async Task A_payload_goes_unless_it_was_put_again()
    {
        var name = await Blobs.PutAsync(_tenant, "x"u8.ToArray());

        Assert.False(await Blobs.DeleteAsync(_tenant, name, DateTimeOffset.UtcNow.AddMinutes(-1)));
        Assert.True(await Blobs.DeleteAsync(_tenant, name, DateTimeOffset.UtcNow.AddSeconds(2)));
        Assert.Null(await Blobs.GetAsync(_tenant, name));
        Assert.Equal(name, await Blobs.PutAsync(_tenant, "x"u8.ToArray()));
        Assert.NotNull(await Blobs.GetAsync(_tenant, name));
    }

    [Fact]
    public async Task Event_data_lies_under_a_prefix_of_its_own()
    {
        var name = await new BlobStorageBlobStore(Client(), BlobStorageBlobStore.Events, TimeProvider.System).PutAsync(_tenant, "x"u8.ToArray());

        Assert.Null(await Blobs.GetAsync(_tenant, name));
        Assert.True(await Client().GetBlobContainerClient(BlobStorageBlobStore.Container).GetBlobClient($"events/{name}").ExistsAsync());
    }

    private async Task<(FileContent? Content, bool IsOver)> TryPutAsync(byte[] bytes)
    {
        try
        {
            return (await Files.PutAsync(_tenant, new MemoryStream(bytes)), true);
        }
        catch (StoreUnavailableException)
        {
            return (null, false);
        }
    }

    private static async Task<int> CountAsync(BlobContainerClient container, string prefix)
    {
        var count = 0;
        await foreach (var _ in container.GetBlobsAsync(prefix: prefix)) count++;
        return count;
    }

    private BlobServiceClient Client() => azurite.Open(new BlobClientOptions { Transport = _transport });
}
