using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Reference;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions.Reference;

public sealed class LanguageReferenceTests
{
    public static IEnumerable<object[]> Members => LanguageReference.Sections.SelectMany(s => s.Entries.Select(e => new object[] { s.Name, e.Signature }));

    private static IEnumerable<ReferenceEntry> Entries => LanguageReference.Sections.SelectMany(s => s.Entries);

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_says_what_it_does_and_shows_it(string section, string signature)
    {
        var entry = LanguageReference.Sections.Where(s => s.Name == section).SelectMany(s => s.Entries).Single(e => e.Signature == signature);

        Assert.Matches(@"^\S.*[.…]$", entry.Description);
        Assert.Matches(@"^(new )?\$?[A-Za-z0-9_]*(\(.*\))?: .+$", entry.Signature);
        Assert.False(entry.ResultType is "function" or "error", $"The example {entry.Example} gives a {entry.ResultType}.");
        Assert.Contains(entry.Name, entry.Example, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_says_what_it_is() => Assert.All(LanguageReference.Sections, s => Assert.EndsWith(".", s.Description, StringComparison.Ordinal));

    [Fact]
    public void The_names_of_a_section_are_there_once_as_property_and_once_as_method() =>
        Assert.All(LanguageReference.Sections, s => Assert.Equal(s.Entries.Select(e => (e.Kind, e.Name)).Distinct(), s.Entries.Select(e => (e.Kind, e.Name))));

    [Fact]
    public void Every_name_that_stands_alone_is_in_it()
    {
        var known = LanguageReference.Sections.Take(2).SelectMany(s => s.Entries).Select(e => e.Name).ToHashSet();

        Assert.Subset(known, ScopeVariables.Names.Concat(Globals.Names).ToHashSet());
    }

    [Fact]
    public void Every_method_of_a_table_is_in_it() =>
        Assert.All(MethodTables.All, table => Assert.Equal(table.Names.Order(), table.Methods.Select(m => m.Name).Order()));

    [Fact]
    public void Results_are_those_of_the_examples()
    {
        var entry = Entries.Single(e => e.Signature.StartsWith("toTitleCase", StringComparison.Ordinal));

        Assert.Equal(("\"The Lord of the Rings\"", "string", "method"), (entry.Result.ToString(), entry.ResultType, entry.Kind));
    }

    [Fact]
    public void The_checked_in_document_is_what_the_library_says()
    {
        var path = Path.Combine(Root(), "docs", "expressions.md");
        var document = ExpressionDocument.Write();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, document);

        Assert.True(File.ReadAllText(path) == document, "docs/expressions.md is out of date: UPDATE_DOCS=1 dotnet test tests/LinkFlow.Engine.Tests writes it anew.");
    }

    [Theory]
    [InlineData(0, "\"pen: 12,50\\u00A0€\"")]
    [InlineData(1, "29")]
    public void The_document_s_longer_examples_work(int index, string expected)
    {
        var code = ExpressionDocument.Write().Split("```")[1]["js\n".Length..];
        var example = code.Split("\n\n")[index].Trim();

        Assert.Equal(expected, Language.Text(example, """{"items":[{"name":"pen","price":12.5,"count":2},{"name":"ink","price":4,"count":1}]}""").ToString());
    }

    [Fact]
    public void The_document_shows_an_error_as_it_is()
    {
        var error = Assert.Throws<ExpressionException>(() => ParameterTree.Compile(new ObjectValue { { "body", "{{ $json.adress.city }}" } }).Evaluate(Language.Scope("""{"address":{}}""") with { NodeId = "send" }));

        Assert.Contains($"> {error.Message}\n", ExpressionDocument.Write(), StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LinkFlow.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
