using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Nodes.Tests.Credentials;

public class AllowedHostsTests
{
    [Theory]
    [InlineData("api.example.com", "https://api.example.com/x", true)]
    [InlineData("api.example.com", "https://API.Example.COM:8443/x", true)]
    [InlineData("API.example.com.", "http://api.example.com/", true)]
    [InlineData("api.example.com", "https://api.example.com.evil.org/", false)]
    [InlineData("api.example.com", "https://evil-api.example.com/", false)]
    [InlineData("api.example.com:8443", "https://api.example.com:8443/", true)]
    [InlineData("api.example.com:8443", "https://api.example.com/", false)]
    [InlineData("api.example.com:443", "https://api.example.com/", true)]
    [InlineData("*.example.com", "https://a.b.example.com/", true)]
    [InlineData("*.example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://evilexample.com/", false)]
    [InlineData("*.example.com:444", "https://a.example.com/", false)]
    [InlineData("127.0.0.1", "http://127.0.0.1:5000/", true)]
    [InlineData("127.0.0.1", "http://2130706433/", true)]
    [InlineData("::1", "http://[::1]:5000/", true)]
    [InlineData("[::1]:5000", "http://[::1]:5000/", true)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/", true)]
    [InlineData("xn--bcher-kva.example", "https://bücher.example/", true)]
    public void A_host_is_compared_as_a_whole(string entry, string url, bool allowed) => Assert.Equal(allowed, AllowedHosts.Allow([entry], new Uri(url)));

    [Fact]
    public void An_empty_list_allows_any() => Assert.True(AllowedHosts.Allow([], new Uri("https://anywhere.example/")));

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("api.example.com/path")]
    [InlineData("api.example.com:0")]
    [InlineData("api.example.com:https")]
    [InlineData("*")]
    [InlineData("*.*.example.com")]
    [InlineData("api.*.com")]
    [InlineData("*.127.0.0.1")]
    [InlineData("user@api.example.com")]
    [InlineData("")]
    public void What_is_no_host_is_told(string entry) => Assert.NotNull(AllowedHosts.ProblemOf(entry));

    [Theory]
    [InlineData("api.example.com")]
    [InlineData("*.example.com:8443")]
    [InlineData("localhost")]
    [InlineData("10.0.0.1:80")]
    [InlineData("[2001:db8::1]:80")]
    [InlineData("bücher.example")]
    public void A_host_is_taken(string entry) => Assert.Null(AllowedHosts.ProblemOf(entry));
}
