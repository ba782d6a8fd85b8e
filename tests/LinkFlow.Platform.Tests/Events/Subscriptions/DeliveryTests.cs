using System.Globalization;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events.Subscriptions.Deliveries;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Webhooks.Authentication.Signatures;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Tests.Events.Subscriptions;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_delivery_brings_the_whole_event_its_ids_and_a_signature_that_our_own_webhooks_verify()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.FeedAsync();
        Assert.Null(await world.TryAsync());
        var message = Assert.Single(world.Receiver.Messages);
        var delivery = await world.DeliveryAsync();
        Assert.Equal(("/hook", "application/cloudevents+json; charset=utf-8"), (message.Path, message.Headers["Content-Type"]));
        Assert.Equal(("e1", "com.example.order.placed", delivery["id"].AsString, "1"), (message.Headers["X-Event-Id"], message.Headers["X-Event-Type"], message.Headers["X-Delivery-Id"], message.Headers["X-Delivery-Attempt"]));
        Assert.Equal(5d, JsonText.Parse(message.Body)["data"]["total"].AsNumber);
        Assert.NotNull(Verified(message, SubscriptionWorld.Secret, world));
        Assert.Null(Verified(message, "another-secret-of-theirs", world));
        Assert.Equal(("delivered", 200d), (delivery["status"].AsString, delivery["attempts"].AsArray![0]["status"].AsNumber));
    }

    [Fact]
    public void The_signature_is_the_one_of_the_documentation() => Assert.Equal(
        "ad6c66886590244d8d499fd230b9e22d00157264c1725aeb104a6600b952355f", DeliverySending.Sign("whsec_example-secret", "1800000000", """{"specversion":"1.0","id":"1"}"""u8));

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_until_the_overlap_is_over()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.Platform.PostAsync(world.Path + "/rotate", """{"secret":"the-new-secret-of-today","overlapHours":2}""");
        await world.FeedAsync("e1");
        await world.TryAsync();
        world.Platform.Clock.Advance(TimeSpan.FromHours(2.01));
        await world.FeedAsync("e2");
        await world.TryAsync();
        Assert.Equal([true, true], world.Receiver.Messages.Select(m => Verified(m, "the-new-secret-of-today", world) is not null));
        Assert.Equal([true, false], world.Receiver.Messages.Select(m => Verified(m, SubscriptionWorld.Secret, world) is not null));
    }

    [Fact]
    public async Task Only_events_that_are_asked_for_are_delivered_and_each_once()
    {
        await using var world = await SubscriptionWorld.StartAsync(""","filter":{"data.total":5,"source":"/shop"}""");
        await world.FeedAsync("e1");
        await world.FeedAsync("e1");
        await world.FeedAsync("e2", source: "/bank");
        await world.FeedAsync("e3", type: "org.other");
        Assert.Equal("e1", (await world.DeliveryAsync())["eventId"].AsString);
    }

    [Fact]
    public async Task A_failing_receiver_is_tried_again_over_a_day_with_growing_pauses()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Say(500, "boom");
        await world.FeedAsync();
        var pauses = await world.TryToTheEndAsync();
        var delivery = await world.DeliveryAsync();
        Assert.Equal(("failed", true), (delivery["status"].AsString, delivery["reason"].AsString!.Contains("time was over", StringComparison.Ordinal)));
        Assert.InRange(pauses.Count, 10, 14);
        Assert.InRange(pauses.Sum(p => p.TotalHours), 16, 24);
        Assert.All(pauses.Zip(RetryPauses), p => Assert.InRange(p.First.TotalSeconds, p.Second * 0.799, p.Second * 1.201));
        Assert.Equal(("boom", "HTTP_500"), (delivery["attempts"].AsArray![0]["response"].AsString, delivery["attempts"].AsArray![0]["error"].AsString![..8]));
        Assert.Single(world.Receiver.Messages.Select(m => m.Headers["X-Delivery-Id"]).Distinct());
    }

    [Theory]
    [InlineData(302, "HTTP_REDIRECT")]
    [InlineData(404, "HTTP_404")]
    [InlineData(503, "HTTP_503")]
    public async Task Anything_but_2xx_is_a_failure_and_redirects_are_not_followed(int status, string error)
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        await world.FeedAsync();
        Assert.NotNull(await world.TryAsync());
        Assert.StartsWith(error, (await world.DeliveryAsync())["attempts"].AsArray![0]["error"].AsString);
        Assert.Equal("/hook", Assert.Single(world.Receiver.Messages).Path);
    }

    [Fact]
    public async Task A_receiver_that_asks_for_a_pause_gets_it()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Say(429, retryAfter: "1800");
        await world.FeedAsync();
        Assert.Equal(TimeSpan.FromMinutes(30), await world.TryAsync() - world.Platform.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_receiver_that_takes_too_long_is_given_up_and_tried_again()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Answer = context => Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted);
        await world.FeedAsync();
        Assert.NotNull(await world.TryAsync());
        Assert.StartsWith("HTTP_TIMEOUT", (await world.DeliveryAsync())["attempts"].AsArray![0]["error"].AsString);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receiver_that_lies_about_its_answer_or_never_ends_it_has_answered_all_the_same(bool endless)
    {
        await using var world = await SubscriptionWorld.StartAsync();
        world.Receiver.Answer = async context =>
        {
            if (!endless) context.Response.ContentLength = 1_000_000;
            await context.Response.WriteAsync(new string('x', 500));
            await context.Response.Body.FlushAsync();
            // Not at once: a reset can overtake what was sent before it.
            if (!endless) await Task.Delay(200);
            if (!endless) context.Abort();
            else while (true) await context.Response.WriteAsync(new string('y', 100_000), context.RequestAborted);
        };
        await world.FeedAsync();
        Assert.Null(await world.TryAsync());
        var attempt = (await world.DeliveryAsync())["attempts"].AsArray![0];
        Assert.Equal((true, true), (attempt["error"].IsNull, attempt["response"].AsString!.Length <= 1001));
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_tried_again()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.Receiver.DisposeAsync();
        await world.FeedAsync();
        Assert.NotNull(await world.TryAsync());
        Assert.StartsWith("HTTP_CONNECTION_FAILED", (await world.DeliveryAsync())["attempts"].AsArray![0]["error"].AsString);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    public async Task Addresses_within_are_never_reached(string url)
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.Platform.SendAsync("PUT", world.Path, $$"""{"name":"n","url":"{{url}}","types":["com.example.*"]}""");
        await world.FeedAsync();
        Assert.NotNull(await world.TryAsync());
        Assert.StartsWith("OUTBOUND_BLOCKED", (await world.DeliveryAsync())["attempts"].AsArray![0]["error"].AsString);
    }

    [Fact]
    public async Task A_delivery_is_sent_once_more_by_hand_with_the_same_ids()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.FeedAsync();
        await world.TryAsync();
        var id = (await world.DeliveryAsync())["id"].AsString;
        var again = await world.Platform.PostAsync($"{world.Path}/deliveries/{id}/redeliver");
        Assert.Equal((202, "pending"), (again.Status, again.Body["status"].AsString));
        Assert.Null(await world.TryAsync());
        Assert.Equal([id, id], world.Receiver.Messages.Select(m => m.Headers["X-Delivery-Id"]));
        Assert.Equal(["1", "2"], world.Receiver.Messages.Select(m => m.Headers["X-Delivery-Attempt"]));
        Assert.Equal(404, (await world.Platform.PostAsync($"{world.Path}/deliveries/{Ids.Next()}/redeliver")).Status);
    }

    [Fact]
    public async Task A_test_is_sent_at_once_and_once_even_when_disabled()
    {
        await using var world = await SubscriptionWorld.StartAsync(""","enabled":false""");
        var good = await world.Platform.PostAsync(world.Path + "/test");
        Assert.Equal((200, "delivered", "linkflow.event_subscription.ping.v1"), (good.Status, good.Body["status"].AsString, good.Body["eventType"].AsString));
        world.Receiver.Say(500, "no");
        var bad = await world.Platform.PostAsync(world.Path + "/test");
        Assert.Equal(("failed", 500d), (bad.Body["status"].AsString, bad.Body["attempts"].AsArray![0]["status"].AsNumber));
        Assert.Equal(2, (await world.DeliveriesAsync()).Count);
        Assert.NotNull(Verified(world.Receiver.Messages.First(), SubscriptionWorld.Secret, world));
    }

    [Fact]
    public async Task The_log_is_filtered_and_forgotten_after_its_time()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.FeedAsync("e1");
        await world.TryAsync();
        await world.FeedAsync("e2");
        Assert.Equal("e2", Assert.Single(await world.DeliveriesAsync("?status=pending"))["eventId"].AsString);
        Assert.Equal("e1", Assert.Single(await world.DeliveriesAsync("?eventId=e1"))["eventId"].AsString);
        Assert.Equal(["e2", "e1"], (await world.DeliveriesAsync()).Select(d => d["eventId"].AsString));
        await world.TryAsync();
        world.Platform.Clock.Advance(TimeSpan.FromDays(7.01));
        Assert.Empty(await world.DeliveriesAsync());
    }

    [Fact]
    public async Task Of_two_hosts_that_share_the_work_one_sends()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        var arrived = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        world.Receiver.Answer = async _ =>
        {
            arrived.TrySetResult();
            await go.Task;
        };
        await world.FeedAsync();
        var first = world.TryAsync(claims: true);
        await arrived.Task;
        Assert.NotNull(await world.TryAsync(claims: true));
        go.SetResult();
        Assert.Null(await first);
        Assert.Equal(("delivered", 1), ((await world.DeliveryAsync())["status"].AsString, world.Receiver.Messages.Count));
    }

    [Fact]
    public async Task A_try_whose_record_is_lost_is_made_again_with_the_same_id()
    {
        await using var world = await SubscriptionWorld.StartAsync();
        await world.FeedAsync();
        world.Platform.Store.FailNext = w => w.Type == Delivery.Type;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => world.TryAsync());
        Assert.Null(await world.TryAsync());
        Assert.Equal(2, world.Receiver.Messages.Count);
        Assert.Single(world.Receiver.Messages.Select(m => m.Headers["X-Delivery-Id"]).Distinct());
    }

    private static double[] RetryPauses => [10, 30, 90, 270, 810, 2430, 7290, 14400, 14400, 14400, 14400, 14400, 14400];

    private static string? Verified(Receiver.Message message, string secret, SubscriptionWorld world)
    {
        var headers = new HeaderDictionary { ["X-Signature-256"] = message.Headers["X-Signature-256"], ["X-Timestamp"] = message.Headers["X-Timestamp"] };
        var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(message.Headers["X-Timestamp"], CultureInfo.InvariantCulture));
        Assert.InRange(at, world.Platform.Clock.GetUtcNow().AddHours(-3), world.Platform.Clock.GetUtcNow());
        return SignatureScheme.Find("linkflow")!.Verify(new SignedRequest(headers, Encoding.UTF8.GetBytes(message.Body)), Encoding.UTF8.GetBytes(secret), at, TimeSpan.FromMinutes(5));
    }
}
