using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Tests.Events.Subscriptions;

public sealed class SubscriptionApiTests
{
    [Fact]
    public async Task A_subscription_is_created_read_listed_changed_and_deleted()
    {
        await using var world = await SubscriptionWorld.StartAsync(""","filter":{"data.total":5},"headers":{"X-Api-Key":"k-very-secret"},"concurrency":2""");
        var read = await world.Platform.GetAsync(world.Path);
        Assert.Equal(("\"1\"", true, 2d, true), (read.Header("ETag"), read.Body["enabled"].AsBoolean, read.Body["concurrency"].AsNumber, read.Body["secret"].IsNull));
        Assert.Equal("""{"X-Api-Key":null}""", read.Body["headers"].ToString());
        var put = await world.Platform.SendAsync("PUT", world.Path, read.Text, null, "If-Match: \"1\"");
        Assert.Equal((200, "\"2\""), (put.Status, put.Header("ETag")));
        Assert.Equal(412, (await world.Platform.SendAsync("DELETE", world.Path, null, null, "If-Match: \"1\"")).Status);
        Assert.Equal(world.Id, Assert.Single((await world.Platform.GetAsync("/api/v1/event-subscriptions?enabled=true")).Body["items"].AsArray!)["id"].AsString);
        Assert.Empty((await world.Platform.GetAsync("/api/v1/event-subscriptions?enabled=false")).Body["items"].AsArray!);
        Assert.Equal(204, (await world.Platform.SendAsync("DELETE", world.Path)).Status);
        Assert.Equal((404, 404), ((await world.Platform.GetAsync(world.Path)).Status, (await world.Platform.GetAsync(world.Path + "/deliveries")).Status));
    }

    [Fact]
    public async Task Secrets_and_header_values_are_in_no_document_and_no_answer()
    {
        await using var world = await SubscriptionWorld.StartAsync(""","headers":{"Authorization":"Bearer k-very-secret"}""");
        await world.FeedAsync();
        await world.TryAsync();
        Assert.Equal("Bearer k-very-secret", Assert.Single(world.Receiver.Messages).Headers["Authorization"]);
        var seen = world.Platform.Store.Dump() + (await world.Platform.GetAsync(world.Path)).Text + (await world.DeliveryAsync()) + string.Join('\n', world.Platform.Log.Lines);
        Assert.DoesNotContain("k-very-secret", seen);
        Assert.DoesNotContain(SubscriptionWorld.Secret, seen);
    }

    [Fact]
    public async Task A_secret_that_is_drawn_is_shown_once()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        var created = await world.Platform.PostAsync("/api/v1/event-subscriptions", """{"name":"n","url":"https://example.com/hook","types":["*"]}""", "Idempotency-Key: k1");
        Assert.StartsWith("whsec_", created.Body["secret"].AsString);
        var again = await world.Platform.PostAsync("/api/v1/event-subscriptions", """{"name":"n","url":"https://example.com/hook","types":["*"]}""", "Idempotency-Key: k1");
        Assert.Equal(created.Text, again.Text);
        Assert.DoesNotContain(created.Body["secret"].AsString!, world.Platform.Store.Dump());
    }

    [Fact]
    public async Task A_new_host_needs_the_values_of_headers_again()
    {
        await using var world = await SubscriptionWorld.StartAsync(""","headers":{"X-Key":"v1"}""");
        const string elsewhere = """{"name":"n","url":"https://elsewhere.example/hook","types":["a"],"headers":{"X-Key":null}}""";
        var refused = await world.Platform.SendAsync("PUT", world.Path, elsewhere);
        Assert.Equal(400, refused.Status);
        Assert.Contains("needed again", refused.Details["/headers/X-Key"].ToString());
        Assert.Equal(200, (await world.Platform.SendAsync("PUT", world.Path, elsewhere.Replace("null", "\"v2\"", StringComparison.Ordinal))).Status);
    }

    [Theory]
    [InlineData("\"url\":\"ftp://example.com\"", "/url", "http or https")]
    [InlineData("\"url\":\"https://user:pw@example.com/\"", "/url", "user name")]
    [InlineData("\"url\":\"https://example.com/#a\"", "/url", "fragment")]
    [InlineData("\"url\":null", "/url", "missing")]
    [InlineData("\"types\":[]", "/types", "missing")]
    [InlineData("\"types\":[\"a.*.b\"]", "/types/0", "elsewhere")]
    [InlineData("\"filter\":{\"Subject\":1}", "/filter/Subject", "lower-case")]
    [InlineData("\"headers\":{\"Host\":\"a\"}", "/headers/Host", "set by LinkFlow")]
    [InlineData("\"headers\":{\"content-type\":\"a\"}", "/headers/content-type", "set by LinkFlow")]
    [InlineData("\"headers\":{\"X A\":\"a\"}", "/headers/X A", "no name")]
    [InlineData("\"headers\":{\"X-A\":\"a\\nb\"}", "/headers/X-A", "printable")]
    [InlineData("\"headers\":{\"X-A\":null}", "/headers/X-A", "needs a value")]
    [InlineData("\"secret\":\"short\"", "/secret", "16 to 256")]
    [InlineData("\"concurrency\":21", "/concurrency", "1 to 20")]
    [InlineData("\"name\":\"\"", "/name", "characters")]
    [InlineData("\"event\":[\"a\"]", "/event", "known")]
    public async Task Bad_input_is_refused_with_its_place(string field, string pointer, string message)
    {
        await using var platform = await TestPlatform.StartAsync();
        var body = JsonText.Parse("""{"name":"n","url":"https://example.com/hook","types":["a"]}""").AsObject!.Copy();
        foreach (var (name, value) in JsonText.Parse($"{{{field}}}").AsObject!) body.Set(name, value);
        var answer = await platform.PostAsync("/api/v1/event-subscriptions", JsonText.Write(body));
        Assert.Equal(400, answer.Status);
        Assert.Contains(message, answer.Details[pointer].ToString());
    }

    [Fact]
    public async Task There_are_only_as_many_as_the_limit_allows()
    {
        await using var world = await SubscriptionWorld.StartAsync(configure: o => o.Limits.EventSubscriptions = 1);
        var second = await world.Platform.PostAsync("/api/v1/event-subscriptions", """{"name":"n","url":"https://example.com/hook","types":["a"]}""");
        Assert.Equal((409, true), (second.Status, second.Message.Contains("at most 1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_right_is_needed()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        var reader = await world.Platform.KeyAsync("eventsubscription:read");
        Assert.Equal(200, (await world.Platform.SendAsync("GET", world.Path, null, reader)).Status);
        Assert.Equal(403, (await world.Platform.SendAsync("POST", world.Path + "/test", null, reader)).Status);
        Assert.Equal(403, (await world.Platform.SendAsync("DELETE", world.Path, null, reader)).Status);
        var stranger = await world.Platform.KeyAsync("workflow:read");
        Assert.Equal(403, (await world.Platform.SendAsync("GET", world.Path + "/deliveries", null, stranger)).Status);
    }

    [Fact]
    public async Task Changes_are_told_as_events_and_leave_no_secret_behind()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.Platform.PostAsync(world.Path + "/rotate", """{"overlapHours":0}""");
        await world.Platform.SendAsync("DELETE", world.Path);
        Assert.Equal(["created", "rotated", "deleted"], world.Platform.Store.Raised.Where(r => r.Subject == world.Id).Select(r => r.Type.Split('.')[2]));
        Assert.DoesNotContain("event-subscription-", world.Platform.Store.Dump());
    }
}
