using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Webhooks.Authentication;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Tests.Webhooks.Authentication;

public sealed class PresentedCredentialTests
{
    private const string Basic = """{"username":"ada","password":"p:ä"}""";
    private const string Key = """{"name":"X-Key","value":"k-1","in":"header"}""";
    private const string QueryKey = """{"name":"key","value":"k-1","in":"query"}""";

    [Theory]
    [InlineData("ada:p:ä", true)]
    [InlineData("ada:p:", false)]
    [InlineData("ada:", false)]
    [InlineData("ada", false)]
    [InlineData("", false)]
    [InlineData("Ada:p:ä", false)]
    [InlineData(":p:ä", false)]
    public void User_and_password_must_both_be_right(string presented, bool admitted) =>
        Assert.Equal(admitted, Check("basic", Basic, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(presented))) is not null);

    [Theory]
    [InlineData("basic", Basic, "Basic !!!")]
    [InlineData("basic", Basic, "Basic")]
    [InlineData("basic", Basic, "Bearer YWRhOnA6w6Q=")]
    [InlineData("basic", """{"username":"","password":""}""", "Basic Og==")]
    [InlineData("bearer", """{"token":""}""", "Bearer ")]
    [InlineData("bearer", """{}""", "Bearer x")]
    [InlineData("hmac", """{"secret":"x"}""", "Bearer x")]
    public void What_is_none_admits_nobody(string type, string data, string authorization) => Assert.Null(Check(type, data, authorization));

    [Theory]
    [InlineData("Bearer t-1", true)]
    [InlineData("bearer t-1", true)]
    [InlineData("Bearer t-2", false)]
    [InlineData("t-1", false)]
    public void A_bearer_token_must_be_right(string authorization, bool admitted) =>
        Assert.Equal(admitted, Check("bearer", """{"token":"t-1"}""", authorization) is not null);

    [Fact]
    public void A_key_is_looked_for_where_it_belongs_and_withheld_there()
    {
        var inHeader = PresentedCredentials.Check(Request("", "", ("X-Key", "k-1")), Credential("api_key", Key));
        var inQuery = PresentedCredentials.Check(Request("", "?key=k-1"), Credential("api_key", QueryKey));

        Assert.Equal(["X-Key"], inHeader!.Headers);
        Assert.Equal("key", inQuery!.Query);
        Assert.True(inHeader.WithholdsHeader("x-key"));
    }

    [Theory]
    [InlineData(Key, "?X-Key=k-1", null)]
    [InlineData(QueryKey, "", "k-1")]
    [InlineData(QueryKey, "?key=k-1&key=k-1", null)]
    [InlineData(QueryKey, "?key=k-2", null)]
    [InlineData("""{"name":"","value":"k-1","in":"query"}""", "?=k-1", null)]
    public void A_key_elsewhere_or_twice_admits_nobody(string data, string query, string? header) =>
        Assert.Null(PresentedCredentials.Check(header is null ? Request("", query) : Request("", query, ("key", header)), Credential("api_key", data)));

    private static Admission? Check(string type, string data, string authorization) => PresentedCredentials.Check(Request(authorization, ""), Credential(type, data));

    private static OpenedCredential Credential(string type, string data) => new("id", "name", type, JsonText.Parse(data).AsObject!);

    private static HttpRequest Request(string authorization, string query, params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        if (authorization.Length > 0) request.Headers.Authorization = authorization;
        foreach (var (name, value) in headers) request.Headers[name] = value;
        request.QueryString = new QueryString(query);
        return request;
    }
}
