using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Tests.Flow;

public class RespondTests
{
    private const string Items = """[{"id":1},{"id":2}]""";

    [Theory]
    [InlineData("{}", """{"status":200,"headers":{},"as":"json","body":{"id":1}}""")]
    [InlineData("""{"status":201,"headers":{"X-A":"b","X-N":5},"body":"{{ $json.id }}"}""", """{"status":201,"headers":{"X-A":"b","X-N":"5"},"as":"json","body":1}""")]
    [InlineData("""{"as":"text","body":17}""", """{"status":200,"headers":{},"as":"text","body":"17"}""")]
    [InlineData("""{"as":"html","body":"<p>"}""", """{"status":200,"headers":{},"as":"html","body":"<p>"}""")]
    [InlineData("""{"as":"items"}""", """{"status":200,"headers":{},"as":"items","body":[{"id":1},{"id":2}]}""")]
    [InlineData("""{"as":"redirect","body":"https://a.b/c"}""", """{"status":302,"headers":{},"as":"redirect","body":"https://a.b/c"}""")]
    [InlineData("""{"as":"empty"}""", """{"status":204,"headers":{},"as":"empty","body":null}""")]
    [InlineData("""{"as":"binary","body":"AAEC"}""", """{"status":200,"headers":{},"as":"binary","body":"AAEC"}""")]
    public async Task The_answer_has_status_headers_form_and_body(string parameters, string response)
    {
        var ran = await NodeTest.RunAsync("respond", parameters, Items);

        Assert.Equal(response, JsonText.Write(ran.Response));
        Assert.Equal(Items, ran.Json());
    }

    [Theory]
    [InlineData("""{"headers":{"set-cookie":"a=b"}}""", "cannot set cookies")]
    [InlineData("""{"headers":{"Content-Length":"1"}}""", "the server sets it")]
    [InlineData("""{"headers":{"a b":"1"}}""", "no header's name")]
    [InlineData("""{"headers":{"X-A":"1\r\nSet-Cookie: a=b"}}""", "control character")]
    [InlineData("""{"headers":{"X-A":{}}}""", "must be a string")]
    [InlineData("""{"headers":"{{ 5 }}"}""", "must be an object")]
    [InlineData("""{"status":99}""", "whole number from 200 to 599")]
    [InlineData("""{"status":200.5}""", "whole number")]
    [InlineData("""{"as":"xml"}""", "must be one of")]
    [InlineData("""{"as":"binary","body":"%"}""", "base64")]
    [InlineData("""{"as":"redirect"}""", "URL to go to")]
    public async Task What_cannot_be_answered_fails_the_first_item(string parameters, string message)
    {
        var ran = await NodeTest.RunAsync("respond", parameters, Items);

        Assert.Equal("PARAMETER_INVALID", ran.Code);
        Assert.Contains(message, ran.Message, StringComparison.Ordinal);
        Assert.Equal("""[{"id":2}]""", ran.Json());
    }
}
