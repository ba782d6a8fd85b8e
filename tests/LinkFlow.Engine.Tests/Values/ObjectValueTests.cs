using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Values;

public sealed class ObjectValueTests
{
    [Fact]
    public void Enumeration_gives_array_indexes_first_and_in_order()
    {
        var o = new ObjectValue { { "b", 1 }, { "10", 2 }, { "2", 3 }, { "01", 4 }, { "-1", 5 }, { "4294967294", 6 }, { "4294967295", 7 }, { "", 8 }, { "1.5", 9 }, { "99999999999", 10 } };

        Assert.Equal(["2", "10", "4294967294", "b", "01", "-1", "4294967295", "", "1.5", "99999999999"], o.EnumerationOrder().Select(p => p.Key));
        Assert.Equal("b", o.First().Key);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(200)]
    public void Setting_finding_and_removing_agree_with_a_dictionary(int names)
    {
        var random = new Random(5);
        var o = new ObjectValue();
        var model = new Dictionary<string, double>();
        var place = 0;
        for (var i = 0; i < 3000; i++)
        {
            var name = $"n{random.Next(names)}";
            if (random.Next(3) == 0) Assert.Equal(model.Remove(name), o.Remove(name));
            else o[name] = model[name] = i;
            var wanted = $"n{random.Next(names)}";
            Assert.Equal(model.TryGetValue(wanted, out var number) ? number : default(Value), o.Find(wanted, ref place));
            Assert.Equal(o[wanted], o.TryGet(wanted, out var found) ? found : default);
        }

        Assert.Equal(model.Count, o.Count);
        Assert.Equal(model.Keys.Order(), o.Select(p => p.Key).Order());
    }

    [Fact]
    public void A_copy_is_changeable_and_apart()
    {
        var o = new ObjectValue();
        for (var i = 0; i < 20; i++) o.Set($"n{i}", i);
        o.Freeze();

        var copy = o.Copy().Set("n3", "x").Set("new", 1);

        Assert.Equal(3, o["n3"]);
        Assert.False(o.Contains("new"));
        Assert.Equal("x", copy["n3"]);
        Assert.Equal(21, copy.Count);
    }

    [Fact]
    public void Objects_are_equal_whatever_their_order()
    {
        var left = JsonText.Parse("""{"a":1,"b":[1,{"c":null}]}""");

        Assert.Equal(left, JsonText.Parse("""{"b":[1,{"c":null}],"a":1.0}"""));
        Assert.Equal(left.GetHashCode(), JsonText.Parse("""{"b":[1,{"c":null}],"a":1.0}""").GetHashCode());
        Assert.NotEqual(left, JsonText.Parse("""{"b":[1,{"c":0}],"a":1}"""));
        Assert.NotEqual(left, JsonText.Parse("""{"b":[1],"a":1}"""));
        Assert.NotEqual(left, JsonText.Parse("""{"x":1,"b":[1,{"c":null}]}"""));
        Assert.NotEqual(left, JsonText.Parse("[]"));
        Assert.True(left != Value.Null);
    }

    [Theory]
    [InlineData("undefined")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("1.50")]
    [InlineData("\"a\"")]
    [InlineData("[1]")]
    public void A_value_prints_as_JSON_for_messages(string json)
    {
        var value = json == "undefined" ? default : JsonText.Parse(json);

        Assert.Equal(json, value.ToString());
        Assert.Equal(value.GetHashCode(), (json == "undefined" ? default : JsonText.Parse(json)).GetHashCode());
        Assert.True(value.Equals((object)value));
    }
}
