namespace LinkFlow.Platform.Tests.Webhooks.Access;

/// <summary>A webhook's <c>ipAllowList</c>.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", 200)]
    [InlineData("203.0.113.7", "203.0.113.8", 403)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", 200)]
    [InlineData("10.1.2.3/8", "10.255.0.1", 200)]
    [InlineData("10.0.0.0/8", "11.0.0.1", 403)]
    [InlineData("10.0.0.0/8", "2001:db8::1", 403)]
    [InlineData("2001:db8::/32", "2001:db8:1::9", 200)]
    [InlineData("2001:db8::/32", "2001:db9::1", 403)]
    [InlineData("::ffff:10.0.0.0/104", "10.9.9.9", 200)]
    [InlineData("::ffff:10.0.0.0/104", "11.9.9.9", 403)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", 200)]
    [InlineData("0.0.0.0/0", "198.51.100.1", 200)]
    [InlineData("::/0", "198.51.100.1", 403)]
    public async Task Only_addresses_on_the_list_may_call(string entry, string caller, int status)
    {
        await using var platform = await CallingPlatform.StartAsync();
        var path = await platform.HookAsync($""","ipAllowList":["192.0.2.1","{entry}"] """);

        var answer = await platform.CallAsync(path, caller);

        Assert.Equal((status, status == 403 ? "FORBIDDEN" : null), (answer.Status, answer.Code));
        Assert.Equal(status == 200 ? 1 : 0, platform.Runtime.Starts.Count);
    }

    [Theory]
    [InlineData("10.0.0.1", 200)]
    [InlineData("198.51.100.1", 403)]
    public async Task Behind_a_trusted_proxy_the_address_is_the_forwarded_one(string caller, int status)
    {
        await using var platform = await CallingPlatform.StartAsync(o => o.TrustedProxies = ["10.0.0.0/8"]);
        var path = await platform.HookAsync(""","ipAllowList":["203.0.113.7"] """);

        Assert.Equal(status, (await platform.CallAsync(path, caller, "X-Forwarded-For: 203.0.113.7")).Status);
        Assert.Equal(403, (await platform.CallAsync(path, caller, "X-Forwarded-For: 203.0.113.7, 198.51.100.9")).Status);
    }

    [Fact]
    public async Task A_caller_without_an_address_is_not_on_the_list()
    {
        await using var platform = await TestPlatform.StartAsync();
        var path = await platform.HookAsync(""","ipAllowList":["0.0.0.0/0","::/0"] """);

        Assert.Equal(403, (await platform.SendAsync("POST", path, "{}", "")).Status);
    }

    [Fact]
    public async Task Addresses_count_before_a_body_is_read()
    {
        await using var platform = await CallingPlatform.StartAsync();
        var path = await platform.HookAsync(""","ipAllowList":["203.0.113.7"],"maxBodyBytes":1""");

        Assert.Equal(403, (await platform.CallAsync(path, "198.51.100.1")).Status);
        Assert.Equal(413, (await platform.CallAsync(path, "203.0.113.7")).Status);
    }

    [Theory]
    [InlineData(""" "ipAllowList":["10.0.0.0/8","10.0.0.0/33"] """, "/ipAllowList/1")]
    [InlineData(""" "ipAllowList":["shop.example.com"] """, "/ipAllowList/0")]
    [InlineData(""" "ipAllowList":["010.0.0.1"] """, "/ipAllowList/0")]
    [InlineData(""" "ipAllowList":["10.1"] """, "/ipAllowList/0")]
    [InlineData(""" "ipAllowList":["[::1]"] """, "/ipAllowList/0")]
    [InlineData(""" "ipAllowList":["{{ $vars.OFFICE }}"] """, "/ipAllowList/0")]
    [InlineData(""" "ipAllowList":[] """, "/ipAllowList")]
    [InlineData(""" "allowedOrigins":["https://app.example.com","https://app.example.com/shop"] """, "/allowedOrigins/1")]
    [InlineData(""" "allowedOrigins":["app.example.com"] """, "/allowedOrigins/0")]
    [InlineData(""" "allowedOrigins":["https://*.example.com"] """, "/allowedOrigins/0")]
    [InlineData(""" "allowedOrigins":["null"] """, "/allowedOrigins/0")]
    [InlineData(""" "allowedOrigins":["https://ada@example.com"] """, "/allowedOrigins/0")]
    [InlineData(""" "rateLimit":{"perMinute":0} """, "/rateLimit/perMinute")]
    [InlineData(""" "rateLimit":{"perMinute":"{{ 5 }}"} """, "/rateLimit/perMinute")]
    [InlineData(""" "rateLimit":{"perMinute":5,"by":"user"} """, "/rateLimit/by")]
    [InlineData(""" "filter":{} """, "/filter")]
    [InlineData(""" "filter":{"conditions":[{"left":1,"operator":"gt"}]} """, "/filter/conditions/0")]
    [InlineData(""" "filter":{"conditions":[{"left":"{{ $vars.A }}","operator":"exists"}]} """, "/filter/conditions/0/left")]
    [InlineData(""" "filter":{"expression":"{{ $('h').first() }}"} """, "/filter/expression")]
    [InlineData(""" "filter":{"expression":"{{ $execution.id == 1 }}"} """, "/filter/expression")]
    [InlineData(""" "filter":{"expression":"{{ $json. }}"} """, "/filter/expression")]
    public async Task What_is_wrong_is_told_with_its_place(string parameter, string pointer)
    {
        await using var platform = await TestPlatform.StartAsync();

        var answer = await platform.PostAsync("/api/v1/workflows/validate", $$"""{"name":"n","nodes":[{"id":"h","type":"webhook","parameters":{"path":"a",{{parameter}} } }]}""");

        Assert.Equal([$"/nodes/0/parameters{pointer}"], answer.Body["errors"].AsArray!.Select(e => e["pointer"].AsString).Distinct());
    }
}
