using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Events;

namespace LinkFlow.Nodes.Tests.Events;

public class EventFilterTests
{
    private const string Event = """
        {"specversion":"1.0","id":"1","source":"https://shop.example","type":"com.example.order.placed","subject":"order-17","priority":3,"urgent":true,
         "data":{"total":100,"currency":"EUR","customer":{"country":"DE","vip":false},"lines":[{"sku":"a"},{"sku":"b"}],"a.b":1,"parent":null}}
        """;

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"subject":"order-17"}""", true)]
    [InlineData("""{"subject":"order-18"}""", false)]
    [InlineData("""{"subject":"order-17","data.total":100}""", true)]
    [InlineData("""{"subject":"order-17","data.total":101}""", false)]
    [InlineData("""{"subject":["order-1","order-17"]}""", true)]
    [InlineData("""{"priority":3}""", true)]
    [InlineData("""{"priority":"3"}""", true)]
    [InlineData("""{"urgent":"true"}""", true)]
    [InlineData("""{"data.total":"100"}""", false)]
    [InlineData("""{"data.customer.country":["AT","DE"]}""", true)]
    [InlineData("""{"data.customer.vip":false}""", true)]
    [InlineData("""{"data.customer.country.code":"DE"}""", false)]
    [InlineData("""{"data.lines.1.sku":"b"}""", true)]
    [InlineData("""{"data.lines.2.sku":"b"}""", false)]
    [InlineData("""{"data.a.b":1}""", true)]
    [InlineData("""{"source":{"prefix":"https://shop."}}""", true)]
    [InlineData("""{"source":{"prefix":"https://bank."}}""", false)]
    [InlineData("""{"data.currency":[{"prefix":"E"},"USD"]}""", true)]
    [InlineData("""{"data.total":{"prefix":"1"}}""", false)]
    [InlineData("""{"traceparent":null}""", true)]
    [InlineData("""{"subject":null}""", false)]
    [InlineData("""{"data.parent":null,"data.none":null}""", true)]
    [InlineData("""{"data.customer":"DE"}""", false)]
    public void An_event_passes_when_all_names_have_what_is_wanted(string filter, bool passes) =>
        Assert.Equal(passes, new EventFilter(JsonText.Parse(filter).AsObject).Matches(JsonText.Parse(Event).AsObject!));

    [Theory]
    [InlineData("[1,2]", "data.0", "1", true)]
    [InlineData("\"text\"", "data", "\"text\"", true)]
    [InlineData("\"text\"", "data.length", "4", false)]
    [InlineData("null", "data.a", "1", false)]
    public void Data_need_be_no_object(string data, string name, string wanted, bool passes) =>
        Assert.Equal(passes, new EventFilter(JsonText.Parse($$"""{"{{name}}":{{wanted}}}""").AsObject).Matches(JsonText.Parse($$"""{"data":{{data}}}""").AsObject!));

    [Theory]
    [InlineData("""{"Subject":"a"}""", "/f/Subject", "lower-case")]
    [InlineData("""{"data.":"a"}""", "/f/data.", "names nothing")]
    [InlineData("""{"a/b~":"a"}""", "/f/a~1b~0", "names nothing")]
    [InlineData("""{"subject":{"suffix":"a"}}""", "/f/subject", "prefix")]
    [InlineData("""{"subject":{"prefix":""}}""", "/f/subject", "prefix")]
    [InlineData("""{"subject":["a",["b"]]}""", "/f/subject/1", "compared with")]
    [InlineData("""{"subject":[]}""", "/f/subject", "1 to 100")]
    public void A_filter_that_means_nothing_is_told_with_its_place(string filter, string pointer, string message)
    {
        var problem = Assert.Single(EventFilter.Check(JsonText.Parse(filter).AsObject!, "/f"));

        Assert.Equal(pointer, problem.Pointer);
        Assert.Contains(message, problem.Message);
    }

    [Theory]
    [InlineData("com.example.order.placed", "com.example.order.placed", true)]
    [InlineData("com.example.order.placed", "com.example.order.Placed", false)]
    [InlineData("com.example.*", "com.example.order.placed", true)]
    [InlineData("com.example.*", "com.example", false)]
    [InlineData("com.example.*", "com.example.", false)]
    [InlineData("com.example.*", "com.examples.order", false)]
    [InlineData("*", "anything", true)]
    public void A_type_is_exact_or_all_behind_a_dot(string pattern, string type, bool matches)
    {
        Assert.Equal(matches, EventTypePattern.Matches(pattern, type));
        Assert.Equal(matches, EventTypePattern.Matching(type).Append("*").Contains(pattern));
    }

    [Theory]
    [InlineData("com.*.placed")]
    [InlineData("com*")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData(".*")]
    public void A_pattern_that_matches_nothing_is_refused(string pattern) => Assert.NotNull(EventTypePattern.ProblemOf(pattern));
}
