using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Parsing;

namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>Compiles the statements of functions with a block body.</summary>
internal sealed class StatementCompiler(Compiler compiler, TargetCompiler targets)
{
    /// <param name="labels">The labels that stand right before it.</param>
    public Statement Statement(StatementSyntax syntax, Variables variables, params string[] labels)
    {
        compiler.Enter(syntax);
        Statement statement = syntax switch
        {
            BlockSyntax block => Block(block, variables.Block()),
            DeclarationSyntax declaration => Declaration(declaration, variables),
            ExpressionStatementSyntax expression => new ExpressionStatement(compiler.Expression(expression.Expression, variables)) { Position = syntax.Position },
            IfSyntax condition => new IfStatement(compiler.Expression(condition.Test, variables), Statement(condition.Then, variables.Block()), condition.Else is null ? null : Statement(condition.Else, variables.Block())) { Position = syntax.Position },
            ReturnSyntax result => new ReturnStatement(result.Value is null ? null : compiler.Expression(result.Value, variables)) { Position = syntax.Position },
            ThrowSyntax thrown => new ThrowStatement(compiler.Expression(thrown.Value, variables)) { Position = syntax.Position },
            LeaveSyntax leave => new LeaveStatement(leave.IsBreak ? Completion.Break : Completion.Continue, leave.Label) { Position = syntax.Position },
            ForEachSyntax loop => ForEach(loop, variables, labels),
            ForSyntax loop => For(loop, variables, labels),
            WhileSyntax loop => While(loop, variables, labels),
            LabelledSyntax labelled => new LabelledStatement(labelled.Label, Statement(labelled.Body, variables.Block(), [.. labels, labelled.Label])) { Position = syntax.Position },
            TrySyntax attempt => Try(attempt, variables),
            _ => Switch((SwitchSyntax)syntax, variables),
        };
        compiler.Leave();
        return statement;
    }

    private BlockStatement Block(BlockSyntax block, Variables variables)
    {
        var statements = All(block.Statements, variables);
        return new BlockStatement(statements, variables.Early) { Position = block.Position };
    }

    /// <summary>A block's statements; its names are declared before any is compiled, because functions may use later ones.</summary>
    private Statement[] All(IReadOnlyList<StatementSyntax> statements, Variables variables)
    {
        Declare(statements, variables);
        foreach (var function in statements.Where(IsFunction))
            foreach (var name in HoistedNames.NamesIn(((DeclarationSyntax)function).Declarations[0].Target)) variables.Initialise(name);
        return statements.OrderBy(s => IsFunction(s) ? 0 : 1)
            .Select(s => Statement(s, variables)).ToArray();
    }

    private static bool IsFunction(StatementSyntax statement) =>
        statement is DeclarationSyntax { Declarations: [{ Value: FunctionSyntax { Name: not null } } function] } && function.Value.Position == statement.Position;

    /// <summary>What a block declares. What <c>var</c> does, its function declared already.</summary>
    private static void Declare(IEnumerable<StatementSyntax> statements, Variables variables)
    {
        foreach (var declaration in statements.OfType<DeclarationSyntax>().Where(d => d.Kind != DeclarationKind.Var))
            foreach (var (target, _) in declaration.Declarations) TargetCompiler.Declare(target, variables, declaration.Kind == DeclarationKind.Const);
    }

    private Statement Declaration(DeclarationSyntax declaration, Variables variables)
    {
        var isVar = declaration.Kind == DeclarationKind.Var;
        var statements = new List<Statement>();
        foreach (var (pattern, written) in declaration.Declarations)
        {
            if (isVar && written is null) continue;
            var value = written is null ? null : compiler.Expression(written, variables);
            var target = isVar ? targets.Target(pattern, variables) : targets.Declaration(pattern, variables);
            statements.Add(new DeclareStatement(target, value) { Position = declaration.Position });
        }

        return statements is [var only] ? only : new BlockStatement([.. statements], early: null);
    }

    private ForEachStatement ForEach(ForEachSyntax loop, Variables variables, string[] labels)
    {
        var source = compiler.Expression(loop.Source, variables);
        var round = loop.HasFunctions ? variables.Frame() : variables.Block();
        var isOwn = loop.Declares is DeclarationKind.Const or DeclarationKind.Let;
        if (isOwn) TargetCompiler.Declare(loop.Target, round, loop.Declares == DeclarationKind.Const);
        var target = isOwn ? targets.Declaration(loop.Target, round) : targets.Target(loop.Target, round, isAssignment: loop.Declares is null);
        var body = Statement(loop.Body, round);
        return new ForEachStatement(target, source, loop.OverKeys, body, loop.HasFunctions ? round.Count : -1, labels) { Position = loop.Source.Position };
    }

    private LoopStatement For(ForSyntax loop, Variables variables, string[] labels)
    {
        var round = loop.HasFunctions ? variables.Frame() : variables.Block();
        var start = loop.Start is null ? null : Block(new BlockSyntax(loop.Position, [loop.Start]), round);
        var test = loop.Test is null ? null : compiler.Expression(loop.Test, round);
        var next = loop.Next is null ? null : compiler.Expression(loop.Next, round);
        var body = Statement(loop.Body, round);
        return new LoopStatement(start, test, next, body, testFirst: true, loop.HasFunctions ? round.Count : -1, labels) { Position = loop.Position };
    }

    private LoopStatement While(WhileSyntax loop, Variables variables, string[] labels)
    {
        var round = loop.HasFunctions ? variables.Frame() : variables.Block();
        var test = compiler.Expression(loop.Test, round);
        var body = Statement(loop.Body, round);
        return new LoopStatement(null, test, null, body, loop.TestFirst, loop.HasFunctions ? round.Count : -1, labels) { Position = loop.Position };
    }

    private TryStatement Try(TrySyntax attempt, Variables variables)
    {
        var block = Statement(attempt.Block, variables);
        var handling = variables.Block();
        if (attempt.Error is not null) TargetCompiler.Declare(attempt.Error, handling, isConstant: false);
        var error = attempt.Error is null ? null : targets.Declaration(attempt.Error, handling);
        var handler = attempt.Catch is null ? null : Statement(attempt.Catch, handling);
        return new TryStatement(block, error, handler, attempt.Finally is null ? null : Statement(attempt.Finally, variables)) { Position = attempt.Position };
    }

    private SwitchStatement Switch(SwitchSyntax choice, Variables variables)
    {
        var value = compiler.Expression(choice.Value, variables);
        var block = variables.Block(runsAnywhere: true);
        Declare(choice.Cases.SelectMany(c => c.Statements), block);
        var cases = choice.Cases
            .Select(c => (c.Test is null ? null : compiler.Expression(c.Test, block), c.Statements.Select(s => Statement(s, block)).ToArray()))
            .ToArray();
        return new SwitchStatement(value, cases, block.Early) { Position = choice.Position };
    }
}
