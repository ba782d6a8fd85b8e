using System.Net;
using System.Net.Sockets;
using LinkFlow.Engine.Nodes;
using LinkFlow.Nodes.Http;

namespace LinkFlow.Nodes.Tests.Http;

public class OutboundGuardTests
{
    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("192.167.1.1")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::1.1.1.1")]
    [InlineData("2002:101:101::1")]
    public async Task Public_addresses_are_reached(string address) =>
        Assert.Equal([IPAddress.Parse(address)], await Guard().ResolveAsync(address));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.1.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::10.1.2.3")]
    [InlineData("64:ff9b::10.1.2.3")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2001:0:1:2:3:4:80ff:fffe")]
    [InlineData("[::1]")]
    public async Task Internal_addresses_are_refused_and_the_setting_named(string address)
    {
        var refused = await Assert.ThrowsAsync<NodeException>(async () => await Guard().ResolveAsync(address));

        Assert.Equal("OUTBOUND_BLOCKED", refused.Error.Code);
        Assert.Contains("LinkFlow:Outbound:Allow", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("2002:a9fe:a9fe::1")]
    public async Task Metadata_addresses_are_refused_whatever_is_allowed(string address) =>
        await Assert.ThrowsAsync<NodeException>(async () => await Guard("0.0.0.0/0, ::/0").ResolveAsync(address));

    [Theory]
    [InlineData("127.0.0.0/8", "127.0.0.1")]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("10.1.2.3/16", "10.1.99.99")]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1")]
    [InlineData("fd00::/8", "fd12::1")]
    [InlineData("::1", "[::1]")]
    public async Task Blocks_can_be_allowed(string allow, string address) =>
        Assert.NotEmpty(await Guard(allow).ResolveAsync(address));

    [Theory]
    [InlineData("10.0.0.0/9", "10.128.0.1")]
    [InlineData("10.1.2.3", "10.1.2.4")]
    [InlineData("::/0", "10.1.2.3")]
    public async Task What_is_outside_of_the_allowed_blocks_is_refused(string allow, string address) =>
        await Assert.ThrowsAsync<NodeException>(async () => await Guard(allow).ResolveAsync(address));

    [Fact]
    public async Task A_host_can_be_allowed_by_name()
    {
        var guard = new OutboundGuard(new OutboundAllowList(["Db.internal"]), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.5")]));

        Assert.Equal("10.0.0.5", Assert.Single(await guard.ResolveAsync("db.INTERNAL")).ToString());
        await Assert.ThrowsAsync<NodeException>(async () => await guard.ResolveAsync("other.internal"));
    }

    [Fact]
    public async Task Of_a_names_addresses_only_public_ones_are_used()
    {
        var guard = new OutboundGuard(OutboundAllowList.Nothing, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("1.1.1.1")]));

        Assert.Equal("1.1.1.1", Assert.Single(await guard.ResolveAsync("rebind.example")).ToString());
    }

    [Fact]
    public async Task A_name_without_addresses_is_unknown()
    {
        var guard = new OutboundGuard(OutboundAllowList.Nothing, (_, _) => Task.FromResult<IPAddress[]>([]));

        await Assert.ThrowsAsync<SocketException>(async () => await guard.ResolveAsync("nowhere.example"));
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_checked_address_connected_to()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = 0;
        var guard = new OutboundGuard(new OutboundAllowList(["127.0.0.1"]), (_, _) => Task.FromResult<IPAddress[]>(asked++ == 0 ? [IPAddress.Loopback] : [IPAddress.Parse("10.0.0.1")]));

        await using var stream = await guard.ConnectAsync(new DnsEndPoint("a.example", ((IPEndPoint)listener.LocalEndpoint).Port), CancellationToken.None);

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task The_next_address_is_tried_when_one_refuses()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var guard = new OutboundGuard(new OutboundAllowList(["127.0.0.0/8"]), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.9"), IPAddress.Loopback]));

        await using var stream = await guard.ConnectAsync(new DnsEndPoint("a.example", ((IPEndPoint)listener.LocalEndpoint).Port), CancellationToken.None);

        Assert.True(stream.CanWrite);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/x")]
    [InlineData("not a host")]
    public void A_bad_entry_is_named_with_its_setting(string entry)
    {
        var error = Assert.Throws<FormatException>(() => new OutboundAllowList(["10.0.0.1", entry]));

        Assert.Contains("LinkFlow:Outbound:Allow", error.Message, StringComparison.Ordinal);
        Assert.Contains(entry, error.Message, StringComparison.Ordinal);
    }

    private static OutboundGuard Guard(string allow = "") => new(new OutboundAllowList(allow.Split(',')));
}
