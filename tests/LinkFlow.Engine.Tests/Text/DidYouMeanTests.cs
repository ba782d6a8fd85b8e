using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Tests.Text;

public sealed class DidYouMeanTests
{
    private static readonly string[] Known = ["merge", "fetch", "Save order", "toUpperCase", "toLowerCase", "map"];

    [Theory]
    [InlineData("merg", "merge")]
    [InlineData("mrege", "merge")]
    [InlineData("MERGE", "merge")]
    [InlineData("Fetch", "fetch")]
    [InlineData("save ordr", "Save order")]
    [InlineData("toUppercase", "toUpperCase")]
    [InlineData("mao", "map")]
    [InlineData("merge", "merge")]
    public void The_name_with_the_fewest_edits_is_meant(string written, string meant) =>
        Assert.Equal(meant, DidYouMean.Nearest(written, Known));

    [Theory]
    [InlineData("")]
    [InlineData("response")]
    [InlineData("xyz")]
    [InlineData("me")]
    public void Nothing_is_suggested_when_no_name_is_near(string written) => Assert.Null(DidYouMean.Nearest(written, Known));

    [Fact]
    public void The_first_of_equally_near_names_is_meant() => Assert.Equal("cat", DidYouMean.Nearest("bat", ["cat", "hat"]));

    [Fact]
    public void Very_long_names_are_not_compared()
    {
        Assert.Null(DidYouMean.Nearest(new string('a', 100_000), [new string('a', 100_000)]));
        Assert.Null(DidYouMean.Nearest("a", [new string('a', 100_000)]));
    }

    [Fact]
    public void A_suggestion_is_a_sentence_to_append()
    {
        Assert.Equal(" Did you mean 'merge'?", DidYouMean.Suggestion("merg", Known));
        Assert.Equal("", DidYouMean.Suggestion("response", Known));
    }
}
