using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Secrets;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("hunter22", "the key is hunter22.", "the key is ***.")]
    [InlineData("hunter22", "hunter22hunter22", "***")]
    [InlineData("hunter22", "hunter22 hunter22", "*** ***")]
    [InlineData("hunter22", "no key here", "no key here")]
    [InlineData("short", "short", "short")]
    [InlineData("a\"b\\c/d", """{"key":"a\"b\\c\/d"}""", """{"key":"***"}""")]
    [InlineData("a\"b\\c/d", """a\u0022b\u005Cc\u002fd""", "***")]
    [InlineData("Tür&Tor+1", "x=T%C3%BCr%26Tor%2B1&y", "x=***&y")]
    [InlineData("Tür&Tor+1", "x=T%c3%bcr%26Tor+1&y", "x=***&y")]
    [InlineData("Tür&Tor+1", "x=T%FCr%26Tor%2B1", "x=***")]
    [InlineData("Tür&Tor+1", "T&#252;r&amp;Tor+1", "***")]
    [InlineData("two words", "q=two+words&p=two%20words", "q=***&p=***")]
    [InlineData("SeCret-Host", "No such host: secret-host.example.com", "No such host: ***.example.com")]
    [InlineData("hunter22", "68756e7465723232 68756E7465723232", "*** ***")]
    [InlineData("hunter22", "%68unter22", "***")]
    [InlineData("hunter22", "%2568unter22", "***")]
    [InlineData("hunter22", "%u0068unter22 and %zz and %", "*** and %zz and %")]
    [InlineData("hunter22", "\\x68unter22 and \\q and \\u00 and \\", "*** and \\q and \\u00 and \\")]
    [InlineData("hunter22", "&#x68;unter22 &nonsense; & more", "*** &nonsense; & more")]
    [InlineData("hunter22", "path/of/aHVudGVyMjI=", "path/of/***=")]
    [InlineData("é-hunter22", "base64 of Latin 1: 6S1odW50ZXIyMg==", "base64 of Latin 1: ***==")]
    [InlineData("a\"b'c&d<e", "base64 of HTML: YSZxdW90O2ImIzM5O2MmYW1wO2QmbHQ7ZQ==", "base64 of HTML: ***==")]
    [InlineData("hunter22", "starts with hunter…", "starts with ***…")]
    [InlineData("hunter22\n", "sent as hunter22", "sent as ***")]
    public void A_secret_is_hidden_in_every_form(string secret, string text, string expected)
    {
        Assert.Equal(expected, Mask(secret).Apply(text));
    }

    [Theory]
    [InlineData("user:", "")]
    [InlineData("Bearer ", "")]
    [InlineData("", "\n")]
    [InlineData("{\"k\":\"", "\"}")]
    public void A_secret_within_a_longer_base64_text_is_hidden_at_each_alignment(string before, string behind)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}hunter22>?{behind}"));

        var masked = Mask("hunter22>?").Apply($"Authorization: Basic {encoded}");

        Assert.Contains("***", masked);
        Assert.DoesNotContain(encoded[((before.Length * 4 / 3) + 1)..^4], masked);
    }

    [Theory]
    [InlineData(new[] { "secret-one", "secret-one-two" }, "secret-one-two secret-one", "*** ***")]
    [InlineData(new[] { "abcdefgh", "efghijkl" }, "abcdefghijkl", "***")]
    [InlineData(new[] { "aaaaaa" }, "xaaaaaaaay", "x***y")]
    public void Overlapping_secrets_are_hidden_whole(string[] secrets, string text, string expected)
    {
        Assert.Equal(expected, Mask(secrets).Apply(text));
    }

    [Fact]
    public void Each_line_of_a_long_secret_counts()
    {
        var mask = Mask("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----");

        Assert.Equal("line 2 is *** of -----BEGIN KEY-----", mask.Apply("line 2 is AQEFAASCBKcwggSjAgEAAoIB of -----BEGIN KEY-----"));
    }

    [Theory]
    [InlineData("""{"a":123456789}""", """{"a":"***"}""")]
    [InlineData("""{"a":-123456789.0}""", """{"a":"***"}""")]
    [InlineData("""{"a":1.23456789e8}""", """{"a":"***"}""")]
    [InlineData("""{"a":12345678900}""", """{"a":12345678900}""")]
    [InlineData("""{"x123456789":{"y":[1,"123456789",true,null]}}""", """{"x***":{"y":[1,"***",true,null]}}""")]
    [InlineData("""{"123456789":1,"***":2,"b":3}""", """{"*** 2":1,"***":2,"b":3}""")]
    public void Numbers_and_names_of_properties_are_looked_at_too(string json, string expected)
    {
        Assert.Equal(expected, JsonText.Write(Mask("123456789").Apply(JsonText.Parse(json))));
    }

    [Fact]
    public void What_holds_no_secret_comes_back_as_it_is()
    {
        var value = JsonText.Parse("""{"a":["b",{"c":1.50}],"d":"x\\y%41&amp;+"}""");
        var item = new Item(value.AsObject!, new Dictionary<string, BinaryReference> { ["f"] = new("id", "text/plain", "name", 1) });
        var mask = Mask("hunter22", "with a blank");

        Assert.Same(value.AsObject, mask.Apply(value).AsObject);
        Assert.Same(item, mask.Apply(item));
    }

    [Fact]
    public void Looking_at_a_value_without_secrets_allocates_nothing()
    {
        var value = JsonText.Parse("""{"name":"someone","list":["plain words","more plain words"],"n":42}""");
        var mask = Mask("hunter22");
        mask.Apply(value);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++) mask.Apply(value);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Files_are_described_without_secrets()
    {
        var files = new Dictionary<string, BinaryReference> { ["hunter22"] = new("id", "text/hunter22", "a-hunter22.txt", 1), ["***"] = new("id", "b", null, 2) };

        var masked = Mask("hunter22").Apply(new Item(new ObjectValue(), files));

        Assert.Equal(["*** 2", "***"], masked.Binary!.Keys.OrderByDescending(k => k.Length));
        Assert.Equal(("text/***", "a-***.txt"), masked.Binary.Where(f => f.Value.Size == 1).Select(f => (f.Value.MimeType, f.Value.FileName)).Single());
    }

    [Fact]
    public void A_secret_that_comes_later_counts_from_then_on()
    {
        var mask = Mask("hunter22");
        Assert.Equal("*** token77", mask.Apply("hunter22 token77"));

        mask.Add("token77");

        Assert.Equal("*** ***", mask.Apply("hunter22 token77"));
    }

    [Fact]
    public void Lists_of_items_are_looked_at_one_by_one()
    {
        IReadOnlyList<Item> items = [Item.Of(Value.From("plain")), Item.Of(Value.From("hunter22"))];

        var masked = Mask("hunter22").Apply(items);

        Assert.Same(items[0], masked[0]);
        Assert.Equal("***", masked[1].Json["data"].AsString);
        Assert.Same(items, new SecretMask().Apply(items));
    }

    [Fact]
    public void What_is_nested_too_deep_to_be_looked_through_is_hidden_whole()
    {
        var value = Value.From("hunter22");
        for (var i = 0; i < 200_000; i++) value = new ArrayValue([value]);

        var masked = Mask("hunter22").Apply(value);

        var depth = 0;
        while (masked.AsArray is { } inner) (masked, depth) = (inner[0], depth + 1);
        Assert.Equal("***", masked.AsString);
        Assert.InRange(depth, 1, 199_999);
    }

    [Fact]
    public void A_text_of_nothing_but_escapes_is_read_in_bounded_time()
    {
        var text = string.Concat(Enumerable.Repeat("%25%5C%26amp;\\u0025+\\\\…", 20_000));

        Assert.Same(text, Mask("with a blank").Apply(text));
    }

    private static SecretMask Mask(params string[] secrets)
    {
        var mask = new SecretMask();
        foreach (var secret in secrets) mask.Add(secret);
        return mask;
    }
}
