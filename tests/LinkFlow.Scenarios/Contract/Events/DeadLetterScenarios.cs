using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Scenarios.Contract.Events;

/// <summary>Dead letters and replays over HTTP.</summary>
public sealed class DeadLetterScenarios : IAsyncLifetime
{
    private readonly TestServer _server = new() { Replaced = s => s.AddSingleton<IEventSubscriber>(new EventRecorder()) };

    public Task InitializeAsync() => PublishAsync(5);
    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task They_are_listed_newest_first_page_by_page_and_filtered()
    {
        var first = (await SendAsync("GET", "/dead-letters?limit=3", 200));
        var second = (await SendAsync("GET", $"/dead-letters?limit=3&cursor={first["nextCursor"].AsString}", 200));

        var ids = first["items"].AsArray!.Concat(second["items"].AsArray!).Select(l => l["id"].AsString!).ToList();
        Assert.Equal(5, ids.Count);
        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal), ids);
        Assert.True(second["nextCursor"].IsNull);
        foreach (var (filter, count) in new[] { ("reason=POISON", 5), ("reason=LOOP", 0), ($"type={EventRecorder.Poison}", 5), ("subscriber=triggers", 0), ("from=2020-01-01&to=2021-01-01", 0) })
            Assert.Equal(count, (await SendAsync("GET", $"/dead-letters?{filter}", 200))["items"].AsArray!.Count);
    }

    [Fact]
    public async Task One_says_what_could_not_be_handled_by_whom_and_why()
    {
        var listed = (await SendAsync("GET", "/dead-letters?limit=1", 200))["items"].AsArray![0];

        var letter = await SendAsync("GET", $"/dead-letters/{listed["id"].AsString}", 200);

        Assert.Equal(("recorder", "POISON", "This can never be handled.", 1d), (letter["subscriber"].AsString, letter["reason"].AsString, letter["message"].AsString, letter["tries"].AsNumber));
        Assert.Equal((EventRecorder.Poison, "default"), (letter["event"]["type"].AsString, letter["event"]["tenantid"].AsString));
    }

    [Fact]
    public async Task A_requeued_one_is_gone_and_fails_anew_where_nothing_was_mended()
    {
        var id = (await SendAsync("GET", "/dead-letters?limit=1", 200))["items"].AsArray![0]["id"].AsString;

        await SendAsync("POST", $"/dead-letters/{id}/requeue", 202);
        await UntilAsync(5);

        await SendAsync("GET", $"/dead-letters/{id}", 404);
        await SendAsync("POST", $"/dead-letters/{id}/requeue", 404);
    }

    [Fact]
    public async Task They_are_deleted_one_by_one_or_by_a_filter()
    {
        var id = (await SendAsync("GET", "/dead-letters?limit=1", 200))["items"].AsArray![0]["id"].AsString;

        await SendAsync("DELETE", $"/dead-letters/{id}", 204);
        var none = await SendAsync("DELETE", "/dead-letters?reason=LOOP", 200);
        var all = await SendAsync("DELETE", "/dead-letters?reason=POISON", 200);

        Assert.Equal((0d, 4d, false), (none["deleted"].AsNumber, all["deleted"].AsNumber, all["hasMore"].AsBoolean));
        Assert.Empty((await SendAsync("GET", "/dead-letters", 200))["items"].AsArray!);
    }

    [Fact]
    public async Task Subscribers_are_shown_and_sent_back_to_a_time()
    {
        var names = (await SendAsync("GET", "/events/subscribers", 200))["items"].AsArray!.Select(s => s["name"].AsString);
        Assert.Contains("recorder", names);

        await SendAsync("POST", "/events/subscribers/recorder/replay", 202, """{"from":"2026-01-01T00:00:00Z"}""");

        await UntilAsync(10);
    }

    [Theory]
    [InlineData("nobody", """{"from":"2026-01-01T00:00:00Z"}""", 404)]
    [InlineData("recorder", """{"from":"yesterday"}""", 400)]
    [InlineData("recorder", "{}", 400)]
    [InlineData("recorder", """{"form":"2026-01-01T00:00:00Z"}""", 400)]
    public async Task A_replay_that_cannot_be_is_refused(string subscriber, string body, int status) => await SendAsync("POST", $"/events/subscribers/{subscriber}/replay", status, body);

    private async Task PublishAsync(int count)
    {
        for (var n = 0; n < count; n++) await SendAsync("POST", "/events", 202, $$$"""{"type":"{{{EventRecorder.Poison}}}","subject":"s{{{n}}}","data":{}}""");
        await UntilAsync(count);
    }

    private async Task UntilAsync(int letters)
    {
        for (var tries = 0; tries < 1_000; tries++, await Task.Delay(10))
            if ((await SendAsync("GET", "/dead-letters?limit=200", 200))["items"].AsArray!.Count == letters) return;
        throw new TimeoutException($"There are not {letters} dead letters.");
    }

    private async Task<Value> SendAsync(string method, string path, int expected, string? json = null)
    {
        var (status, body, _) = await _server.SendAsync(method, "/api/v1" + path, json);
        Assert.True(status == expected, $"{method} {path}: {status} {body}");
        return body;
    }
}
