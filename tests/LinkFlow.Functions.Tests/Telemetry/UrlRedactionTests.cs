using System.Diagnostics;
using LinkFlow.Functions.Telemetry;

namespace LinkFlow.Functions.Tests.Telemetry;

public sealed class UrlRedactionTests
{
    [Theory]
    [InlineData("url.query", "?token=abc&x=1", "redacted")]
    [InlineData("url.full", "https://flows.example.com/webhooks/orders?signature=abc", "https://flows.example.com/webhooks/orders?redacted")]
    [InlineData("http.target", "/webhooks/orders?a=b?c=d", "/webhooks/orders?redacted")]
    [InlineData("url.path", "/resume/0198/abcdef", "/resume/0198/redacted")]
    [InlineData("url.path", "/approvals/0198/YWJj.def", "/approvals/0198/redacted")]
    [InlineData("http.url", "https://flows.example.com/resume/0198/abcdef?x=1", "https://flows.example.com/resume/0198/redacted")]
    [InlineData("url.path", "/resume/{id}/{token}", "/resume/{id}/{token}")]
    [InlineData("url.path", "/api/v1/workflows/1", "/api/v1/workflows/1")]
    [InlineData("other", "?kept=1", "?kept=1")]
    public void What_callers_put_into_URLs_is_in_no_span(string tag, string value, string expected)
    {
        using var span = new Activity("GET").SetTag(tag, value);

        new UrlRedaction().OnEnd(span);

        Assert.Equal(expected, span.GetTagItem(tag));
    }

    [Fact]
    public void Nor_in_its_name()
    {
        using var span = new Activity("span") { DisplayName = "GET /resume/0198/abcdef" };

        new UrlRedaction().OnEnd(span);

        Assert.Equal("GET /resume/0198/redacted", span.DisplayName);
    }
}
