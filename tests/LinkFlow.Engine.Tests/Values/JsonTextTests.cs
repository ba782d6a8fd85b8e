using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Values;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{"a":[1,-2.5,"x",true,false,null,{}],"b":[]}""")]
    [InlineData("\"ä😀\\\"\\\\\\n\\u0001\"")]
    [InlineData("12345678901234567890")]
    [InlineData("1.0")]
    [InlineData("1.10")]
    [InlineData("1e3")]
    [InlineData("-0")]
    [InlineData("0.1000000000000000055511151231257827")]
    [InlineData("1E-400")]
    [InlineData("\"\"")]
    public void What_is_read_is_written_as_it_was(string json) => Assert.Equal(json, JsonText.Write(JsonText.Parse(json)));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("100", "100")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("1.50", "1.5")]
    [InlineData("1e2", "100")]
    public void Arithmetic_is_in_doubles_whatever_the_text(string json, string printed) =>
        Assert.Equal(printed, JavaScriptNumber.ToString(JsonText.Parse(json).AsNumber));

    [Theory]
    [InlineData("5")]
    [InlineData("0.5")]
    [InlineData("1e+21")]
    public void A_number_that_prints_the_same_keeps_no_text(string json) => Assert.Null(JsonText.Parse(json).NumberAsWritten);

    [Fact]
    public void The_last_of_duplicate_keys_wins_and_keeps_the_first_ones_place() =>
        Assert.Equal("""{"a":3,"b":2}""", JsonText.Write(JsonText.Parse("""{"a":1,"b":2,"a":3}""")));

    [Fact]
    public void The_stored_order_is_the_documents() =>
        Assert.Equal("""{"b":1,"2":2,"a":3,"1":4}""", JsonText.Write(JsonText.Parse("""{"b":1,"2":2,"a":3,"1":4}""")));

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("   ", "", 1)]
    [InlineData("{", "", 1)]
    [InlineData("{\"a\":1}x", "", 1)]
    [InlineData("1 2", "", 1)]
    [InlineData("[1,]", "", 1)]
    [InlineData("{a:1}", "", 1)]
    [InlineData("'a'", "", 1)]
    [InlineData("nul", "", 1)]
    [InlineData("NaN", "", 1)]
    [InlineData("01", "", 1)]
    [InlineData("1e400", "too large", 1)]
    [InlineData("-1e999", "too large", 1)]
    [InlineData("\"\\ud800\"", "surrogate", 1)]
    [InlineData("{\"\\udc00\":1}", "surrogate", 1)]
    [InlineData("{\"a\\u0000b\":1}", "NUL", 1)]
    [InlineData("\"a\nb\"", "", 1)]
    [InlineData("[1,\n 2,\n x]", "", 3)]
    [InlineData("{\n\"a\":1e400}", "too large", 2)]
    [InlineData("// comment\n1", "", 1)]
    public void What_is_no_JSON_is_refused_with_its_place(string json, string reason, int line)
    {
        var error = Assert.Throws<JsonTextException>(() => JsonText.Parse(json));

        Assert.Contains(reason, error.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(line, error.Line);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() => Assert.Throws<JsonTextException>(() => JsonText.Parse([(byte)'"', 0xC3, 0x28, (byte)'"']));

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    [InlineData(100_000, false)]
    public void At_most_200_levels_are_read(int levels, bool isRead)
    {
        var json = new string('[', levels) + new string(']', levels);

        if (isRead) Assert.Equal(json, JsonText.Write(JsonText.Parse(json)));
        else Assert.Throws<JsonTextException>(() => JsonText.Parse(json));
    }

    [Fact]
    public void What_we_put_around_the_deepest_value_can_be_stored_and_read_back()
    {
        var deepest = JsonText.Parse(new string('[', 200) + new string(']', 200));
        var stored = JsonText.WriteBytes(new ObjectValue { { "a", new ObjectValue { { "b", new ArrayValue([deepest]) } } } });

        Assert.Throws<JsonTextException>(() => JsonText.Parse(stored));
        Assert.Equal(stored, JsonText.WriteBytes(JsonText.ParseStored(stored)));
    }

    [Fact]
    public void What_is_read_is_frozen()
    {
        var value = JsonText.Parse("""{"a":[1]}""");

        Assert.True(value.AsObject!.IsFrozen);
        Assert.Throws<InvalidOperationException>(() => value["a"].AsArray!.Add(2));
        Assert.Throws<InvalidOperationException>(() => value.AsObject.Set("b", 1));
        Assert.Throws<InvalidOperationException>(() => value.AsObject.Remove("a"));
    }

    [Fact]
    public void Undefined_and_what_JSON_lacks_are_written_as_JSON_stringify_does()
    {
        var value = new ObjectValue { { "gone", default }, { "list", new ArrayValue([default, double.NaN, double.PositiveInfinity, -0.0, 1e21, 1.5]) } };

        Assert.Equal("""{"list":[null,null,null,0,1e+21,1.5]}""", JsonText.Write(value));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_written_as_the_replacement_character()
    {
        foreach (var (text, json) in new[] { ("a\ud800b", "\"a\ufffdb\""), ("\udc00", "\"\ufffd\""), ("😀\"\\\r\n\t\u0001", "\"😀\\\"\\\\\\r\\n\\t\\u0001\"") })
        {
            Assert.Equal(json, JsonText.Write(text));
            Assert.Equal(json, Encoding.UTF8.GetString(JsonText.WriteBytes(text)));
            JsonText.Parse(json);
        }
    }

    /// <summary>What the parser takes, it writes so that it takes it again, for random bytes changed in random JSON.</summary>
    [Fact]
    public void Whatever_is_read_can_be_written_and_read_again()
    {
        var random = new Random(7);
        var seed = Encoding.UTF8.GetBytes("""{"a":[1,2.50,"xä😀\u00e4",true,null,{"b":-1e-7,"":{}}],"10":"\ud83d\ude00","c":[[[]]]}""");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])seed.Clone();
            for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            if (TryParse(bytes) is { } value) Assert.Equal(value, JsonText.Parse(JsonText.Write(value)));
        }
    }

    private static Value? TryParse(byte[] bytes)
    {
        try
        {
            return JsonText.Parse(bytes);
        }
        catch (JsonTextException)
        {
            return null;
        }
    }

    [Fact]
    public void A_message_does_not_quote_the_rest_of_the_text()
    {
        var thrown = Assert.Throws<JsonTextException>(() => JsonText.Parse("""{"a":fasle,"password":"hunter2"}"""));

        Assert.StartsWith("A word begins here that is an invalid JSON literal. Expected the literal 'false'. (line 1, column ", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", thrown.Message, StringComparison.Ordinal);
    }
}
