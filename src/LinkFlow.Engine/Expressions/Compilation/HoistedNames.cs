using LinkFlow.Engine.Expressions.Parsing;

namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>The names that <c>var</c> declares in a function's body: they belong to the function, wherever in it they stand.</summary>
internal static class HoistedNames
{
    public static IEnumerable<string> Of(Syntax body) => body is BlockSyntax block ? In(block) : [];

    private static IEnumerable<string> In(StatementSyntax? statement) => statement switch
    {
        DeclarationSyntax { Kind: DeclarationKind.Var } declaration => declaration.Declarations.SelectMany(d => NamesIn(d.Target)),
        BlockSyntax block => block.Statements.SelectMany(In),
        IfSyntax condition => In(condition.Then).Concat(In(condition.Else)),
        ForEachSyntax loop => (loop.Declares == DeclarationKind.Var ? NamesIn(loop.Target) : []).Concat(In(loop.Body)),
        ForSyntax loop => In(loop.Start).Concat(In(loop.Body)),
        WhileSyntax loop => In(loop.Body),
        LabelledSyntax labelled => In(labelled.Body),
        TrySyntax attempt => In(attempt.Block).Concat(In(attempt.Catch)).Concat(In(attempt.Finally)),
        SwitchSyntax choice => choice.Cases.SelectMany(c => c.Statements).SelectMany(In),
        _ => [],
    };

    /// <summary>Every name that a pattern declares.</summary>
    public static IEnumerable<string> NamesIn(Pattern? pattern) => pattern switch
    {
        NamePattern name => [name.Name],
        DefaultPattern withDefault => NamesIn(withDefault.Target),
        RestPattern rest => NamesIn(rest.Target),
        ArrayPattern array => array.Elements.SelectMany(NamesIn),
        ObjectPattern o => o.Properties.SelectMany(p => NamesIn(p.Target)),
        _ => [],
    };
}
