using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Parsing;

namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>Compiles the statements of functions with a block body.</summary>
internal sealed class StatementCompiler(Compiler compiler, TargetCompiler targets)
{
    public Statement Statement(StatementSyntax syntax, Variables variables)
    {
        compiler.Enter(syntax);
        Statement statement = syntax switch
        {
            BlockSyntax block => new BlockStatement(All(block.Statements, variables.Block())) { Position = syntax.Position },
            DeclarationSyntax declaration => Declaration(declaration, variables),
            ExpressionStatementSyntax expression => new ExpressionStatement(compiler.Expression(expression.Expression, variables)) { Position = syntax.Position },
            IfSyntax condition => new IfStatement(compiler.Expression(condition.Test, variables), Statement(condition.Then, variables.Block()), condition.Else is null ? null : Statement(condition.Else, variables.Block())) { Position = syntax.Position },
            ReturnSyntax result => new ReturnStatement(result.Value is null ? null : compiler.Expression(result.Value, variables)) { Position = syntax.Position },
            ThrowSyntax thrown => new ThrowStatement(compiler.Expression(thrown.Value, variables)) { Position = syntax.Position },
            LeaveSyntax leave => new LeaveStatement(leave.IsBreak ? Completion.Break : Completion.Continue) { Position = syntax.Position },
            ForEachSyntax loop => ForEach(loop, variables),
            ForSyntax loop => For(loop, variables),
            WhileSyntax loop => While(loop, variables),
            TrySyntax attempt => Try(attempt, variables),
            _ => Switch((SwitchSyntax)syntax, variables),
        };
        compiler.Leave();
        return statement;
    }

    /// <summary>A block's statements; its names are declared before any is compiled, because functions may use later ones.</summary>
    private Statement[] All(IReadOnlyList<StatementSyntax> statements, Variables variables)
    {
        foreach (var declaration in statements.OfType<DeclarationSyntax>())
            foreach (var (target, _) in declaration.Declarations) TargetCompiler.Declare(target, variables, declaration.IsConstant);
        return statements.OrderBy(s => s is DeclarationSyntax { Declarations: [{ Value: FunctionSyntax { Name: not null } } function] } && function.Value.Position == s.Position ? 0 : 1)
            .Select(s => Statement(s, variables)).ToArray();
    }

    private Statement Declaration(DeclarationSyntax declaration, Variables variables)
    {
        var statements = declaration.Declarations
            .Select(d => new DeclareStatement(targets.Target(d.Target, variables), d.Value is null ? null : compiler.Expression(d.Value, variables)) { Position = declaration.Position })
            .ToArray<Statement>();
        return statements.Length == 1 ? statements[0] : new BlockStatement(statements);
    }

    private ForEachStatement ForEach(ForEachSyntax loop, Variables variables)
    {
        var source = compiler.Expression(loop.Source, variables);
        var round = loop.HasFunctions ? variables.Frame() : variables.Block();
        if (loop.IsDeclaration) TargetCompiler.Declare(loop.Target, round, loop.IsConstant);
        var target = targets.Target(loop.Target, round, isAssignment: !loop.IsDeclaration);
        var body = Statement(loop.Body, round);
        return new ForEachStatement(target, source, loop.OverKeys, body, loop.HasFunctions ? round.Count : -1) { Position = loop.Source.Position };
    }

    private LoopStatement For(ForSyntax loop, Variables variables)
    {
        var round = loop.HasFunctions ? variables.Frame() : variables.Block();
        var start = loop.Start is null ? null : new BlockStatement(All([loop.Start], round));
        var test = loop.Test is null ? null : compiler.Expression(loop.Test, round);
        var next = loop.Next is null ? null : compiler.Expression(loop.Next, round);
        var body = Statement(loop.Body, round);
        return new LoopStatement(start, test, next, body, testFirst: true, loop.HasFunctions ? round.Count : -1) { Position = loop.Position };
    }

    private LoopStatement While(WhileSyntax loop, Variables variables)
    {
        var round = loop.HasFunctions ? variables.Frame() : variables.Block();
        var test = compiler.Expression(loop.Test, round);
        var body = Statement(loop.Body, round);
        return new LoopStatement(null, test, null, body, loop.TestFirst, loop.HasFunctions ? round.Count : -1) { Position = loop.Position };
    }

    private TryStatement Try(TrySyntax attempt, Variables variables)
    {
        var block = Statement(attempt.Block, variables);
        var handling = variables.Block();
        if (attempt.Error is not null) TargetCompiler.Declare(attempt.Error, handling, isConstant: false);
        var error = attempt.Error is null ? null : targets.Target(attempt.Error, handling);
        var handler = attempt.Catch is null ? null : Statement(attempt.Catch, handling);
        return new TryStatement(block, error, handler, attempt.Finally is null ? null : Statement(attempt.Finally, variables)) { Position = attempt.Position };
    }

    private SwitchStatement Switch(SwitchSyntax choice, Variables variables)
    {
        var value = compiler.Expression(choice.Value, variables);
        var block = variables.Block();
        foreach (var declaration in choice.Cases.SelectMany(c => c.Statements).OfType<DeclarationSyntax>())
            foreach (var (target, _) in declaration.Declarations) TargetCompiler.Declare(target, block, declaration.IsConstant);
        var cases = choice.Cases
            .Select(c => (c.Test is null ? null : compiler.Expression(c.Test, block), c.Statements.Select(s => Statement(s, block)).ToArray()))
            .ToArray();
        return new SwitchStatement(value, cases) { Position = choice.Position };
    }
}
