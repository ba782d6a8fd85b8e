using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Values;

public class ValueTests
{
    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("1", "\"1\"", false)]
    [InlineData("""{"a":1,"b":[true,null]}""", """{"b":[true,null],"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"a":1}""", """{"b":1}""", false)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("[1]", "[1,1]", false)]
    [InlineData("\"x\"", "\"x\"", true)]
    [InlineData("null", "false", false)]
    [InlineData("12345678901234567890", "12345678901234567891", true)]
    public void Values_are_equal_as_JSON_whatever_the_order_of_properties(string left, string right, bool areEqual)
    {
        var (a, b) = (JsonText.Parse(left), JsonText.Parse(right));

        Assert.Equal(areEqual, a == b);
        Assert.Equal(!areEqual, a != b);
        Assert.True(!areEqual || a.GetHashCode() == b.GetHashCode());
        Assert.Equal(areEqual, a.Equals((object)b));
    }

    [Fact]
    public void What_only_expressions_know_is_equal_to_itself_and_prints_as_itself()
    {
        var date = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        Assert.Equal(Value.FromOther(date), Value.FromOther(date));
        Assert.Equal((ValueKind.Other, date), (Value.FromOther(date).Kind, (DateTime)Value.FromOther(date).AsOther!));
        Assert.Equal(date.ToString(), Value.FromOther(date).ToString());
        Assert.Equal(("undefined", "{\"a\":\"b\"}"), (Value.Undefined.ToString(), ((Value)new ObjectValue { { "a", "b" } }).ToString()));
    }

    [Fact]
    public void A_frozen_array_is_copied_before_it_is_changed()
    {
        var frozen = JsonText.Parse("[1,[2]]").AsArray!;
        var copy = frozen.Copy();
        copy.Add(3);

        Assert.Throws<InvalidOperationException>(() => frozen.Add(3));
        Assert.Equal(("[1,[2]]", "[1,[2],3]"), (JsonText.Write(frozen), JsonText.Write(copy)));
    }
}
