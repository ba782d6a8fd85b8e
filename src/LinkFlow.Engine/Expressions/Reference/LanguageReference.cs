using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;

namespace LinkFlow.Engine.Expressions.Reference;

/// <summary>
/// Everything that expressions know, from what the library says of itself. The examples are evaluated when it is
/// made, so that their results cannot be wrong; it is made once, at the first use.
/// </summary>
public static class LanguageReference
{
    public const string Variables = "variables";
    public const string Functions = "functions";

    private static readonly Lazy<IReadOnlyList<ReferenceSection>> Made = new(() => [.. Globals(), .. Types(), .. Namespaces()]);

    /// <summary>Variables, functions, then the kinds of values, then the namespaces.</summary>
    public static IReadOnlyList<ReferenceSection> Sections => Made.Value;

    private static IEnumerable<ReferenceSection> Globals()
    {
        yield return new ReferenceSection(Variables, "globals", "Names that differ from item to item. A bare name that is none of the language's means a property of $json.", [.. ScopeVariables.All.Select(v => Entry(v, "variable"))]);
        var functions = PlainFunctions.All.Select(f => Entry(f, "function")).Concat(Library.Globals.All.Select(g => Entry(g, KindOf(g))));
        yield return new ReferenceSection(Functions, "globals", "Names that mean the same everywhere.", [.. functions]);
    }

    private static IEnumerable<ReferenceSection> Types() => MethodTables.All.Select(table => Section(table, "type", "method", "property"));

    /// <summary>What has members of its own among the names that stand alone.</summary>
    private static IEnumerable<ReferenceSection> Namespaces() => Library.Globals.All
        .Select(g => g.Value.AsOther as LanguageObject)
        .Where(o => o is NamespaceObject or ConstructorFunction && o.Methods.Methods.Count + o.Methods.Properties.Count > 0)
        .Select(o => Section(o!.Methods, "namespace", "function", "constant"));

    private static ReferenceSection Section(MethodTable table, string kind, string method, string property) =>
        new(table.Owner, kind, table.Description, [.. table.Properties.Select(p => Entry(p, property)), .. table.Methods.Select(m => Entry(m, method))]);

    private static ReferenceEntry Entry(Member member, string kind)
    {
        var result = Template.Compile("{{ " + member.Example + " }}").Explain(SampleScope.Scope);
        return new ReferenceEntry(member.Name, kind, member.Signature, member.Description, member.Example, result.Value.Freeze(), result.Type);
    }

    private static string KindOf(Global global) => global.Value.AsOther switch
    {
        NamespaceObject => "namespace",
        ConstructorFunction { WhenConstructed: null, WhenCalled: null } => "namespace",
        ConstructorFunction => "constructor",
        FunctionValue => "function",
        _ => "constant",
    };
}
