using LinkFlow.Engine.Expressions;

namespace LinkFlow.Engine.Tests.Expressions.Transformations;

/// <summary>However large what goes in is, a method ends in a result or in a limit.</summary>
public sealed class TransformationLimitTests
{
    private static readonly ExpressionScope Strict = Language.Scope() with { Limits = Language.Unhurried with { MaxSteps = 200_000, MaxBytes = 2_000_000 } };

    /// <summary>What goes in is within the limits by itself; what the method makes of it, time and again, is not.</summary>
    [Theory]
    [InlineData("a.unique()")]
    [InlineData("a.union(a)")]
    [InlineData("a.intersection(a)")]
    [InlineData("a.difference([1])")]
    [InlineData("o.unique('a', 'b', 'c')")]
    [InlineData("o.pluck('a')")]
    [InlineData("o.renameKeys('a', 'b')")]
    [InlineData("o.smartJoin('a', 'a')")]
    [InlineData("o.merge()")]
    [InlineData("o.merge(o)")]
    [InlineData("o.mergeIntoObject(o)")]
    [InlineData("a.compact()")]
    [InlineData("a.chunk(1)")]
    [InlineData("a.append(1)")]
    [InlineData("a.sum()")]
    [InlineData("a.average()")]
    [InlineData("a.min()")]
    [InlineData("a.max()")]
    [InlineData("a.toJsonString()")]
    [InlineData("w.compact()")]
    [InlineData("w.keys()")]
    [InlineData("w.values()")]
    [InlineData("w.merge(w)")]
    [InlineData("w.removeField('x')")]
    [InlineData("w.removeFieldsContaining('x')")]
    [InlineData("w.keepFieldsContaining('x')")]
    [InlineData("w.urlEncode()")]
    [InlineData("w.toJsonString()")]
    [InlineData("s.hash('sha3')")]
    [InlineData("s.base64Encode()")]
    [InlineData("s.base64Decode()")]
    [InlineData("s.urlEncode()")]
    [InlineData("s.urlDecode()")]
    [InlineData("s.quote('a')")]
    [InlineData("s.toTitleCase()")]
    [InlineData("s.toSentenceCase()")]
    [InlineData("s.toSnakeCase()")]
    [InlineData("s.replaceSpecialChars()")]
    [InlineData("s.removeTags()")]
    [InlineData("s.removeMarkdown()")]
    [InlineData("s.extractEmail()")]
    [InlineData("s.extractUrl()")]
    [InlineData("s.extractDomain()")]
    [InlineData("('https://e.com/' + s).extractUrlPath()")]
    [InlineData("s.isEmail()")]
    [InlineData("s.isUrl()")]
    [InlineData("s.isDomain()")]
    [InlineData("s.isNumeric()")]
    [InlineData("' '.repeat(9000).isBlank()")]
    [InlineData("'1'.repeat(300).toNumber()")]
    [InlineData("'1'.repeat(300).toInt()")]
    [InlineData("'1'.repeat(300).toFloat()")]
    [InlineData("j.parseJson()")]
    [InlineData("s.toJsonString()")]
    public void Calling_a_method_without_end_meets_a_limit(string call)
    {
        var expression = "{{ (() => { const a = Array.from({ length: 3000 }, (_, i) => i), o = a.slice(0, 1000).map(i => ({ a: i })), w = Object.fromEntries(a.map(i => ['p' + i, 'v'])), s = 'a'.repeat(9000), j = JSON.stringify(a); while (true) { "
            + call + "; } })() }}";

        var error = Assert.Throws<ExpressionException>(() => Template.Compile(expression).Evaluate(Strict));

        Assert.Equal(ExpressionErrorCodes.Limit, error.Code);
    }

    [Theory]
    [InlineData("a.unique().length")]
    [InlineData("[a].compact().length")]
    [InlineData("[a].union([b]).length")]
    public void Values_that_are_nested_without_end_meet_the_limit_of_depth(string call)
    {
        var expression = "(() => { let a = [], b = []; for (let i = 0; i < 20000; i++) { a = [a, 1]; b = [b, 1]; } return " + call.Replace("a.unique()", "[a, b].unique()", StringComparison.Ordinal) + "; })()";

        Assert.Equal(ExpressionErrorCodes.Limit, Language.Error(expression).Code);
    }

    [Theory]
    [InlineData("('<a'.repeat(100000)).removeTags().length")]
    [InlineData("('['.repeat(100000)).removeMarkdown().length")]
    [InlineData("('*a'.repeat(30000)).removeMarkdown().length")]
    [InlineData("('_a '.repeat(30000)).removeMarkdown().length")]
    [InlineData("('a@'.repeat(100000)).extractEmail() ?? 'none'")]
    [InlineData("('a.'.repeat(100000)).isDomain()")]
    [InlineData("('http://a'.repeat(50000)).extractUrl() ?? 'none'")]
    public void Text_made_to_be_slow_is_not(string expression) => Assert.NotEmpty(Language.Evaluate(expression));
}
