using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Values;

public class ItemJsonTests
{
    private const string Whole =
        """[{"json":{"a":1},"binary":{"photo":{"fileId":"f1","mimeType":"image/png","fileName":"p.png","size":12},"raw":{"fileId":"f2","mimeType":"x/y","size":0}},"pairedItem":[{"input":0,"item":3},{"input":1,"item":0}]},{"json":{}}]""";

    [Fact]
    public void Items_come_back_byte_for_byte() => Assert.Equal(Whole, Encoding.UTF8.GetString(ItemJson.Write(Read(Whole))));

    [Fact]
    public void An_item_has_its_files_and_where_it_came_from()
    {
        var item = Read(Whole)[0];

        Assert.Equal(new BinaryReference("f1", "image/png", "p.png", 12), item.Binary!["photo"]);
        Assert.Null(item.Binary["raw"].FileName);
        Assert.Equal([new PairedItem(0, 3), new PairedItem(1, 0)], item.PairedItems!);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("{}", "no JSON array")]
    [InlineData("""[{"json":{}},{"json":1}]""", "Item 1 has no object 'json'")]
    [InlineData("""[{"json":{},"binary":[]}]""", "'binary' is no object")]
    [InlineData("""[{"json":{},"binary":{"f":{"fileId":"x"}}}]""", "the file 'f' needs")]
    [InlineData("""[{"json":{},"pairedItem":{}}]""", "'pairedItem' is no list")]
    [InlineData("""[{"json":{},"pairedItem":[{"input":0}]}]""", "needs the numbers")]
    public void What_is_no_list_of_items_is_refused_with_the_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_that_is_no_object_becomes_the_data_of_an_item()
    {
        Assert.Equal("""{"data":5}""", JsonText.Write(Item.Of((Value)5).Json));
        Assert.Equal("""{"b":true}""", JsonText.Write(Item.Of((Value)new ObjectValue { { "b", true } }).Json));
        Assert.Equal("{}", JsonText.Write(Item.Of(new ObjectValue()).Json));
    }

    private static IReadOnlyList<Item> Read(string json) => ItemJson.Read(Encoding.UTF8.GetBytes(json));
}
