using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Publishing;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Tests.Events;

public sealed class PublishTests
{
    private const string Structured = """{"specversion":"1.0","id":"e1","source":"https://shop.example","type":"com.example.order.placed","subject":"order-17","priority":3,"tenantid":"other","actorid":"me","data":{"total":5}}""";

    [Fact]
    public async Task A_structured_event_is_taken_over_with_our_tenant_and_actor()
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await PostAsync(platform, Structured, "application/cloudevents+json");
        Assert.Equal((202, "e1", "https://shop.example"), (answer.Status, answer.Body["id"].AsString, answer.Body["source"].AsString));
        var published = Published(platform);
        Assert.Equal(("com.example.order.placed", "order-17", "default", 5d), (published.Type, published.Subject, published.Tenant, published.Data["total"].AsNumber));
        Assert.Equal((true, 3d), (published.Actor!.StartsWith("apikey:", StringComparison.Ordinal), published.Extensions["priority"].AsNumber));
    }

    [Fact]
    public async Task Plain_json_gets_an_id_and_a_source()
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await platform.PostAsync("/api/v1/events", """{"type":"com.example.ping","subject":"s","data":[1]}""");
        Assert.Equal((202, "/linkflow/default/events", true), (answer.Status, answer.Body["source"].AsString, Ids.IsId(answer.Body["id"].AsString!)));
        Assert.Equal("[1]", Published(platform).Data.ToString());
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", """{"a":1}""", """{"a":1}""", null)]
    [InlineData("text/plain", "héllo", "héllo", null)]
    [InlineData("application/octet-stream", "abc", null, "YWJj")]
    public async Task A_binary_event_has_its_attributes_in_headers(string contentType, string body, string? data, string? base64)
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await PostAsync(platform, body, contentType, "ce-specversion: 1.0", "CE-Type: com.example.a", "ce-id: 7", "ce-source: /shop", "ce-subject: Caf%C3%A9%20%22x", "ce-priority: 3");
        Assert.Equal(202, answer.Status);
        var published = Published(platform);
        Assert.Equal(("Café \"x", base64, contentType), (published.Subject, published.DataBase64, published.DataContentType));
        Assert.Equal(data, published.Data.IsUndefined ? null : published.Data.AsString ?? published.Data.ToString());
    }

    [Fact]
    public async Task A_batch_is_taken_over_whole_and_in_order()
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await PostAsync(platform, $"[{Structured},{Structured.Replace("e1", "e2", StringComparison.Ordinal)}]", "application/cloudevents-batch+json");
        Assert.Equal((202, 2), (answer.Status, answer.Body["items"].AsArray!.Count));
        Assert.Equal(["e1", "e2"], platform.Store.Raised.Select(r => r.Id));
    }

    [Fact]
    public async Task A_known_source_and_id_is_acknowledged_and_not_published_again_for_seven_days()
    {
        await using var platform = await TestPlatform.StartAsync();
        for (var n = 0; n < 3; n++) Assert.Equal(202, (await PostAsync(platform, Structured, "application/cloudevents+json")).Status);
        Assert.Single(platform.Store.Raised);
        await PostAsync(platform, Structured.Replace("shop.", "bank.", StringComparison.Ordinal), "application/cloudevents+json");
        Assert.Equal(2, platform.Store.Raised.Count);
        platform.Clock.Advance(TimeSpan.FromDays(7.01));
        await PostAsync(platform, Structured, "application/cloudevents+json");
        Assert.Equal(3, platform.Store.Raised.Count);
    }

    [Theory]
    [InlineData("""{"type":"linkflow.execution.started.v1"}""", "application/json", "/type", "LinkFlow's own")]
    [InlineData("""{"subject":"s"}""", "application/json", "/type", "missing")]
    [InlineData("""{"type":"a","date":{}}""", "application/json", "/date", "data")]
    [InlineData("""{"type":"a","source":"/linkflow/default","id":"1","specversion":"1.0"}""", "application/json", "/source", "LinkFlow's own")]
    [InlineData("""{"type":"a","source":"/s","id":"1","specversion":"0.3"}""", "application/cloudevents+json", "/specversion", "1.0")]
    [InlineData("""{"type":"a","source":"/s","id":"1","specversion":"1.0","time":"2999-01-01T00:00:00Z"}""", "application/cloudevents+json", "/time", "ahead")]
    [InlineData("""{"type":"a","source":"/s","id":"1","specversion":"1.0","Bad_Name":1}""", "application/cloudevents+json", "/Bad_Name", "lower-case")]
    [InlineData("""{"type":"a","source":"/s","id":"1","specversion":"1.0","data":1,"data_base64":""}""", "application/cloudevents+json", "/data_base64", "not both")]
    [InlineData("""[{"type":"a","source":"/s","id":"1","specversion":"1.0"},{"type":"linkflow.x","source":"/s","id":"2","specversion":"1.0"}]""", "application/cloudevents-batch+json", "/1/type", "LinkFlow's own")]
    [InlineData("[5]", "application/cloudevents-batch+json", "/0", "an object")]
    [InlineData("{}", "application/cloudevents-batch+json", "", "list")]
    [InlineData("5", "application/json", "", "object")]
    public async Task Bad_events_are_refused_with_their_place_and_nothing_is_published(string body, string contentType, string pointer, string message)
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await PostAsync(platform, body, contentType);
        Assert.Equal(400, answer.Status);
        Assert.Contains(message, answer.Details[pointer].ToString());
        Assert.Empty(platform.Store.Raised);
    }

    [Theory]
    [InlineData("application/xml", 415)]
    [InlineData("application/cloudevents+avro", 415)]
    [InlineData("", 415)]
    public async Task A_content_type_that_is_none_of_events_is_refused(string contentType, int status)
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await PostAsync(platform, "<a/>", contentType);
        Assert.Equal((status, true), (answer.Status, answer.Message.Contains("application/cloudevents+json", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("ce-id: 1", "/specversion")]
    [InlineData("ce-data: 1", "/data")]
    [InlineData("ce-subject: %FF", "/subject")]
    public async Task Bad_headers_of_a_binary_event_are_named(string header, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();
        var answer = await platform.PostAsync("/api/v1/events", "{}", header);
        Assert.Equal((400, true), (answer.Status, answer.Details[pointer].IsArray));
    }

    [Fact]
    public async Task Large_events_large_batches_and_broken_json_are_refused()
    {
        await using var platform = await TestPlatform.StartAsync();
        Assert.Equal(413, (await platform.PostAsync("/api/v1/events", $$"""{"type":"a","data":"{{new string('x', CloudEvent.MaxBytes)}}"}""")).Status);
        // Just below the limit it must also fit with what is added to it.
        Assert.Equal(202, (await platform.PostAsync("/api/v1/events", $$"""{"type":"a","data":"{{new string('x', EventReading.MostBytes - 200)}}"}""")).Status);
        Assert.InRange(JsonText.WriteBytes(Published(platform).ToJson()).Length, EventReading.MostBytes - 200, CloudEvent.MaxBytes);
        var many = string.Join(',', Enumerable.Repeat(Structured, 101));
        Assert.Contains("at most 100", (await PostAsync(platform, $"[{many}]", "application/cloudevents-batch+json")).Message);
        Assert.Equal(2d, (await platform.PostAsync("/api/v1/events", "{\n\"type\":}")).Details["line"].AsNumber);
        Assert.Equal(415, (await platform.PostAsync("/api/v1/events")).Status);
    }

    [Fact]
    public async Task Publishing_needs_its_permission()
    {
        await using var platform = await TestPlatform.StartAsync();
        var (without, with) = (await platform.KeyAsync("workflow:read"), await platform.KeyAsync("event:publish"));
        Assert.Equal(403, (await platform.SendAsync("POST", "/api/v1/events", """{"type":"a"}""", without)).Status);
        Assert.Equal(202, (await platform.SendAsync("POST", "/api/v1/events", """{"type":"a"}""", with)).Status);
        Assert.Equal(401, (await platform.SendAsync("POST", "/api/v1/events", """{"type":"a"}""", "")).Status);
    }

    private static Task<TestAnswer> PostAsync(TestPlatform platform, string body, string contentType, params string[] headers) =>
        platform.PostAsync("/api/v1/events", body, [$"Content-Type: {contentType}", .. headers]);

    private static CloudEvent Published(TestPlatform platform) => CloudEvent.Of(Assert.Single(platform.Store.Raised), "default", Ids.Next(), platform.Clock.GetUtcNow());
}
