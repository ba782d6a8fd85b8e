using LinkFlow.Platform.Settings;
using Microsoft.Extensions.Configuration;

namespace LinkFlow.Platform.Tests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void Without_settings_everything_has_its_default()
    {
        var options = Read();

        Assert.Equal(("./data", 32_768, 30, 16 * 1024 * 1024), (options.DataPath, options.ClaimCheck.ThresholdBytes, options.Retention.Days, options.Limits.BodyBytes));
    }

    [Theory]
    [InlineData("LinkFlow:Retention:Dyas", "5", "LinkFlow:Retention:Days")]
    [InlineData("LinkFlow:Limits:BodyByte", "5000", "LinkFlow:Limits:BodyBytes")]
    [InlineData("LinkFlow:Nonsense", "x", "LinkFlow:Nonsense")]
    [InlineData("LinkFlow:Retention:Days", "0", "1 to 36500")]
    [InlineData("LinkFlow:Retention:Days", "many", "a whole number")]
    [InlineData("LinkFlow:Metrics:Anonymous", "perhaps", "true or false")]
    [InlineData("LinkFlow:Registration", "sometimes", "closed or invite or open")]
    [InlineData("LinkFlow:OwnerApiKey", "short", "32")]
    [InlineData("LinkFlow:PublicUrl", "ftp://x", "http")]
    [InlineData("LinkFlow:TrustedProxies", "10.0.0.0/8, nowhere", "nowhere")]
    [InlineData("LinkFlow:Cors:Origins", "https://a.example/path", "origin")]
    [InlineData("LinkFlow:Expressions:Environment", "HOME, LinkFlow__OwnerApiKey", "no expression may see")]
    [InlineData("LinkFlow:Retention", "5", "group")]
    [InlineData("LinkFlow:DataPath:0", "x", "one value")]
    public void A_setting_that_cannot_be_meant_stops_the_start_and_is_named(string name, string value, string told)
    {
        var refused = Assert.Throws<SettingsException>(() => Read((name, value)));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.Contains(name.Split(':')[1], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_value_is_never_printed()
    {
        var refused = Assert.Throws<SettingsException>(() => Read(("LinkFlow:OwnerApiKey", "tooshortsecret")));

        Assert.DoesNotContain("tooshortsecret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_told_at_once() =>
        Assert.Equal(2, Assert.Throws<SettingsException>(() => Read(("LinkFlow:Nonsense", "x"), ("LinkFlow:Retention:Days", "0"))).Problems.Count);

    [Theory]
    [InlineData("LinkFlow:Outbound:Allow", "127.0.0.0/8, example.com")]
    [InlineData("LinkFlow:Outbound:Allow:0", "127.0.0.0/8", "LinkFlow:Outbound:Allow:1", "example.com")]
    public void A_list_is_one_value_with_commas_or_indexed(params string[] settings) =>
        Assert.Equal(["127.0.0.0/8", "example.com"], Read([.. settings.Chunk(2).Select(s => (s[0], s[1]))]).Outbound.Allow);

    [Fact]
    public void Every_limit_has_a_setting_of_its_own() =>
        Assert.Contains("LinkFlow:Limits:IdempotencyHours", SettingsReader.AllNames());

    private static LinkFlowOptions Read(params (string Name, string Value)[] settings) => SettingsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());
}
