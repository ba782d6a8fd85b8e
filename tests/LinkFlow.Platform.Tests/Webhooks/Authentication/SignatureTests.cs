using System.Security.Cryptography;
using System.Text;
using LinkFlow.Platform.Webhooks.Authentication.Signatures;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Tests.Webhooks.Authentication;

/// <summary>The schemes against what their owners publish: GitHub's and Slack's documentation, and the vector of Stripe's .NET library.</summary>
public sealed class SignatureTests
{
    private const string SlackSecret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string SlackBody =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    private const string SlackSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    private const string StripeV1 = "v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7";
    private const string StripeV0 = "v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef";
    private const string StripeBody = """
        {
          "id": "evt_123",
          "object": "event",
          "account": "acct_123",
          "api_version": "2017-05-25",
          "created": 1533204620,
          "data": {
            "object": {
              "id": "cus_123",
              "object": "customer",
              "created": 123456789,
              "email": "test@stripe.com",
              "livemode": false,
              "metadata": {}
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "request": {
            "id": "req_123",
            "idempotency_key": "idempotency-key-123"
          },
          "type": "customer.created"
        }

        """;

    [Fact]
    public void Githubs_documented_example_is_verified()
    {
        var header = "X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

        Assert.NotNull(Verify("github", "It's a Secret to Everybody", "Hello, World!", 0, header));
        Assert.Null(Verify("github", "It's a Secret to Nobody", "Hello, World!", 0, header));
        Assert.Null(Verify("github", "It's a Secret to Everybody", "Hello, World?", 0, header));
    }

    [Fact]
    public void Slacks_documented_example_is_verified()
    {
        Assert.NotNull(Verify("slack", SlackSecret, SlackBody, 1531420618, $"X-Slack-Signature: {SlackSignature}", "X-Slack-Request-Timestamp: 1531420618"));
        Assert.Null(Verify("slack", SlackSecret, SlackBody, 1531420618, $"X-Slack-Signature: {SlackSignature}", "X-Slack-Request-Timestamp: 1531420619"));
    }

    [Theory]
    [InlineData($"t=1533204620,{StripeV1},{StripeV0}", true)]
    [InlineData($"t=1533204620,v1=00{StripeV0},{StripeV1}", true)]
    [InlineData($"t=1533204620, {StripeV1}", true)]
    [InlineData($"t=1533204620,{StripeV0}", false)]
    [InlineData($"t=1533204621,{StripeV1}", false)]
    [InlineData($"t=1533204620,t=1533204621,{StripeV1}", false)]
    [InlineData($"t=11111111111111111111111,{StripeV1}", false)]
    [InlineData($"t= 1533204620,{StripeV1}", false)]
    [InlineData(StripeV1, false)]
    [InlineData("", false)]
    public void Stripes_own_vector_is_verified_by_its_first_version_only(string header, bool verified) =>
        Assert.Equal(verified, Verify("stripe", "webhook_secret", StripeBody.ReplaceLineEndings("\n"), 1533204720, $"Stripe-Signature: {header}") is not null);

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void A_signed_time_may_be_five_minutes_away(int seconds, bool verified)
    {
        const long time = 1_800_000_000;
        var header = $"sha256={Hex("secret", $"{time}.body")}";

        Assert.Equal(verified, Verify("linkflow", "secret", "body", time + seconds, $"X-Signature-256: {header}", $"X-Timestamp: {time}") is not null);
        Assert.Equal(verified, Verify("slack", SlackSecret, SlackBody, 1531420618 + seconds, $"X-Slack-Signature: {SlackSignature}", "X-Slack-Request-Timestamp: 1531420618") is not null);
    }

    [Theory]
    [InlineData("1800000000", "sha256={0}", true)]
    [InlineData("1800000000", "sha256={1}", true)]
    [InlineData("1800000000", "{0}", false)]
    [InlineData("1800000000", "sha256={0}00", false)]
    [InlineData("1800000000", "sha256=zz", false)]
    [InlineData("1800000000", "", false)]
    [InlineData("+1800000000", "sha256={0}", false)]
    [InlineData("-1", "sha256={0}", false)]
    [InlineData("99999999999999999999", "sha256={0}", false)]
    [InlineData("9223372036854775807", "sha256={0}", false)]
    [InlineData("", "sha256={0}", false)]
    public void A_linkflow_signature_has_one_form(string time, string form, bool verified)
    {
        var hex = Hex("secret", $"{time}.body");
        var header = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, hex, hex.ToUpperInvariant());

        var signature = Verify("linkflow", "secret", "body", 1_800_000_000, $"X-Signature-256: {header}", $"X-Timestamp: {time}");

        Assert.Equal(verified ? hex : null, signature);
    }

    [Fact]
    public void A_header_that_is_there_twice_proves_nothing()
    {
        var headers = Headers($"X-Timestamp: 1800000000", $"X-Signature-256: sha256={Hex("secret", "1800000000.body")}");
        headers.Append("X-Signature-256", "sha256=other");

        Assert.Null(SignatureScheme.Find("linkflow")!.Verify(new SignedRequest(headers, "body"u8.ToArray()), "secret"u8, At(1_800_000_000), TimeSpan.FromMinutes(5)));
    }

    [Theory]
    [InlineData("linkflow", "{\"id\":\"x\"}", null)]
    [InlineData("github", "{\"id\":\"x\"}", "72d3162e")]
    [InlineData("stripe", "{\"id\":\"evt_1\"}", "evt_1")]
    [InlineData("stripe", "{\"id\":1}", null)]
    [InlineData("stripe", "[]", null)]
    [InlineData("stripe", "no json", null)]
    [InlineData("slack", "{\"event_id\":\"Ev1\"}", "Ev1")]
    [InlineData("slack", "command=x", null)]
    public void A_delivery_is_named_as_its_scheme_names_it(string scheme, string body, string? id) =>
        Assert.Equal(id, SignatureScheme.Find(scheme)!.DeliveryId(new SignedRequest(Headers("X-GitHub-Delivery: 72d3162e"), Encoding.UTF8.GetBytes(body))));

    private static string? Verify(string scheme, string secret, string body, long now, params string[] headers) =>
        SignatureScheme.Find(scheme)!.Verify(new SignedRequest(Headers(headers), Encoding.UTF8.GetBytes(body)), Encoding.UTF8.GetBytes(secret), At(now), TimeSpan.FromMinutes(5));

    private static DateTimeOffset At(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static string Hex(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    private static HeaderDictionary Headers(params string[] lines)
    {
        var headers = new HeaderDictionary();
        foreach (var line in lines) headers.Append(line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        return headers;
    }
}
