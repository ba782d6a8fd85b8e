using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Faults;

/// <summary>Uploads into a server that is killed, has no space, or whose clients go away or are slow.</summary>
public sealed class FileFaultTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task What_was_acknowledged_is_whole_after_kill_9_and_nothing_else_is_seen()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new Dictionary<string, string>();
        for (var round = 0; round < 3; round++)
        {
            await using var server = await ServerProcess.StartAsync(folder.Path);
            await CheckAsync(server, acknowledged);
            // These are under way when it dies; the others come and go meanwhile.
            var open = Enumerable.Range(0, 4).Select(_ => TryUploadAsync(server, new SlowBody(8 * Megabyte, pieces: 10_000))).ToList();
            for (var n = 0; n < 10; n++)
                if (await TryUploadAsync(server, new SlowBody(n * 100_000 + 1, pieces: 3)) is { } file) acknowledged.Add(file["id"].AsString!, file["sha256"].AsString!);
            server.Kill();
            Assert.All(await Task.WhenAll(open), Assert.Null);
        }

        await using var last = await ServerProcess.StartAsync(folder.Path);
        await CheckAsync(last, acknowledged);
        Assert.Equal(30, acknowledged.Count);
    }

    [Fact]
    public async Task Files_of_acknowledged_webhook_calls_are_there_after_kill_9()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new List<(string ExecutionId, string Sha256)>();
        await using (var server = await ServerProcess.StartAsync(folder.Path))
        {
            var workflow = await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", """{"name":"w","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"files"}},{"id":"end","type":"no_op"}],"connections":[{"source":"hook","target":"end"}]}""");
            await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{workflow["id"].AsString}/activate");
            var calls = Enumerable.Range(0, 4).Select(_ => Task.Run(() => CallUntilDeadAsync(server, acknowledged))).ToList();
            while (acknowledged.Count < 40) await Task.Delay(10);
            server.Kill();
            await Task.WhenAll(calls);
        }

        await using var again = await ServerProcess.StartAsync(folder.Path);
        foreach (var (id, sha256) in acknowledged)
        {
            var execution = await again.SendAsync(HttpMethod.Get, $"/api/v1/executions/{id}?include=data");
            var bytes = await again.Http.GetByteArrayAsync($"/api/v1/files/{execution["input"].AsArray![0]["binary"]["data"]["fileId"].AsString}/content");
            Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    [Fact]
    public async Task A_full_disk_refuses_an_upload_and_has_its_space_back()
    {
        using var disk = SmallDisk.Mount(megabytes: 24);
        await using var server = await ServerProcess.StartAsync(disk.Path);

        using var refused = await server.Http.PostAsync("/api/v1/files?name=large", new SlowBody(40 * Megabyte, pieces: 1));
        using var taken = await server.Http.PostAsync("/api/v1/files?name=small", new SlowBody(4 * Megabyte, pieces: 1));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.Created), (refused.StatusCode, taken.StatusCode));
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Single((await server.SendAsync(HttpMethod.Get, "/api/v1/files"))["items"].AsArray!);
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path);
        using var gone = new CancellationTokenSource();
        var body = new SlowBody(8 * Megabyte, pieces: 10_000);
        var upload = server.Http.PostAsync("/api/v1/files?name=x", body, gone.Token);
        await UntilAsync(() => Temporary(folder) > 0);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload);
        await UntilAsync(() => Temporary(folder) == 0);
        Assert.Empty((await server.SendAsync(HttpMethod.Get, "/api/v1/files"))["items"].AsArray!);
    }

    [Fact]
    public async Task An_upload_that_takes_too_long_is_408_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["LinkFlow__Limits__UploadSeconds"] = "1" });

        using var client = new TcpClient();
        await client.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        await using var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/files?name=x HTTP/1.1\r\nHost: x\r\nX-API-Key: {ServerProcess.OwnerKey}\r\nContent-Length: 1000\r\n\r\nonly this"));

        Assert.StartsWith("HTTP/1.1 408", await new StreamReader(stream).ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal(0, Temporary(folder));
    }

    [Fact]
    public async Task A_huge_file_is_never_whole_in_memory()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, new Dictionary<string, string> { ["LinkFlow__Limits__FileBytes"] = "600000000", ["LinkFlow__Limits__UploadBytes"] = "600000000" });
        (await TryUploadAsync(server, new SlowBody(Megabyte, pieces: 1))).GetValueOrDefault();
        var before = MemoryOf(server);

        var file = await TryUploadAsync(server, new SlowBody(400 * Megabyte, pieces: 1));
        using var download = await server.Http.GetAsync($"/api/v1/files/{file!.Value["id"].AsString}/content", HttpCompletionOption.ResponseHeadersRead);
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(await download.Content.ReadAsStreamAsync()));

        Assert.Equal(file.Value["sha256"].AsString, sha256);
        Assert.InRange(MemoryOf(server) - before, long.MinValue, 200L * Megabyte);
    }

    private static long MemoryOf(ServerProcess server) => Process.GetProcessById(server.ProcessId).WorkingSet64;

    private static int Temporary(TemporaryFolder folder) =>
        Directory.Exists(Path.Combine(folder.Path, "files")) ? Directory.EnumerateFiles(Path.Combine(folder.Path, "files"), "*.tmp", SearchOption.AllDirectories).Count() : 0;

    /// <summary>Every file that is seen is one that was acknowledged, with the bytes that it says.</summary>
    private static async Task CheckAsync(ServerProcess server, Dictionary<string, string> acknowledged)
    {
        var listed = (await server.SendAsync(HttpMethod.Get, "/api/v1/files?limit=200"))["items"].AsArray!;
        Assert.Equal(acknowledged.Keys.Order(), listed.Select(f => f["id"].AsString!).Order());
        foreach (var (id, sha256) in acknowledged)
            Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(await server.Http.GetByteArrayAsync($"/api/v1/files/{id}/content"))));
    }

    /// <returns>Null: the server died before it answered.</returns>
    private static async Task<Value?> TryUploadAsync(ServerProcess server, HttpContent body)
    {
        try
        {
            using var answer = await server.Http.PostAsync("/api/v1/files?name=x", body);
            var text = await answer.Content.ReadAsStringAsync();
            return answer.StatusCode == HttpStatusCode.Created ? JsonText.Parse(text) : throw new InvalidOperationException(text);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private static async Task CallUntilDeadAsync(ServerProcess server, List<(string ExecutionId, string Sha256)> acknowledged)
    {
        while (true)
        {
            var bytes = RandomNumberGenerator.GetBytes(20_000);
            try
            {
                using var body = new ByteArrayContent(bytes);
                body.Headers.ContentType = new MediaTypeHeaderValue("image/png");
                using var answer = await server.Http.PostAsync("/webhooks/files", body);
                var id = JsonText.Parse(await answer.Content.ReadAsStringAsync())["executionId"].AsString!;
                lock (acknowledged) acknowledged.Add((id, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var tries = 0; tries < 1_000 && !holds(); tries++) await Task.Delay(10);
        Assert.True(holds());
    }

    /// <summary>A body of random bytes of a known length that comes in pieces, with a pause behind each but the last.</summary>
    private sealed class SlowBody : HttpContent
    {
        private readonly int _length;
        private readonly int _pieces;

        public SlowBody(int length, int pieces)
        {
            (_length, _pieces) = (length, pieces);
            Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var piece = new byte[Math.Min(Megabyte, Math.Max(1, _length / _pieces))];
            Random.Shared.NextBytes(piece);
            for (var sent = 0; sent < _length;)
            {
                var count = Math.Min(piece.Length, _length - sent);
                piece[0]++;
                await stream.WriteAsync(piece.AsMemory(0, count), cancellationToken);
                await stream.FlushAsync(cancellationToken);
                sent += count;
                if (_pieces > 1 && sent < _length) await Task.Delay(5, cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
