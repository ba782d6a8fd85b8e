namespace LinkFlow.Engine.Expressions.Parsing;

/// <summary>Reads the statements of functions with a block body.</summary>
internal sealed class StatementParser(TokenStream tokens, Parser parser, PatternParser patterns)
{
    private int _loops;
    private int _switches;
    private List<(string Name, bool IsLoop)> _labels = [];

    public BlockSyntax FunctionBody()
    {
        var (loops, switches, labels) = (_loops, _switches, _labels);
        (_loops, _switches, _labels) = (0, 0, []);
        var body = Block();
        (_loops, _switches, _labels) = (loops, switches, labels);
        return body;
    }

    private BlockSyntax Block()
    {
        var position = tokens.Expect("{").Position;
        List<StatementSyntax> statements = [];
        while (!tokens.TakeIf("}")) AddStatement(statements);
        return new BlockSyntax(position, statements);
    }

    private void AddStatement(List<StatementSyntax> statements)
    {
        if (tokens.TakeIf(";")) return;
        if (tokens.Current.Kind == TokenKind.End) throw tokens.Unexpected("'}'");
        statements.Add(Statement());
    }

    private StatementSyntax Statement()
    {
        tokens.Enter();
        var token = tokens.Current;
        var word = token.Kind == TokenKind.Name ? token.Text : token.Is("{") ? "{" : "";
        StatementSyntax statement = word switch
        {
            "{" => Block(),
            "const" or "var" => Declaration(),
            "let" when tokens.Next().Kind == TokenKind.Name || tokens.Next().Is("[") || tokens.Next().Is("{") => Declaration(),
            "if" => If(),
            "for" => For(),
            "while" => While(),
            "do" => Do(),
            "return" => Return(),
            "throw" => Throw(),
            "try" => Try(),
            "switch" => Switch(),
            "break" or "continue" => Leave(),
            "function" => Function(),
            not "" when tokens.Next().Is(":") => Labelled(),
            _ => Ended(new ExpressionStatementSyntax(token.Position, parser.Expression())),
        };
        tokens.Leave();
        return statement;
    }

    /// <summary>An inner statement; an empty one is an empty block.</summary>
    private StatementSyntax Body() => tokens.Current.Is(";") ? new BlockSyntax(tokens.Take().Position, []) : Statement();

    /// <summary>A statement ends at a semicolon, a closing brace or a line break.</summary>
    private T Ended<T>(T statement)
    {
        if (!tokens.TakeIf(";") && !tokens.Current.Is("}") && !tokens.Current.AfterLineBreak) throw tokens.Unexpected("';'");
        return statement;
    }

    private DeclarationSyntax Function()
    {
        var function = parser.FunctionDeclaration();
        return new DeclarationSyntax(function.Position, DeclarationKind.Let, [(new NamePattern(function.Position, function.Name!), function)]);
    }

    private DeclarationSyntax Declaration() => Ended(Declarations());

    private DeclarationSyntax Declarations()
    {
        var keyword = tokens.Take();
        List<(Pattern, Syntax?)> declarations = [];
        do
        {
            var target = patterns.Target();
            var value = tokens.TakeIf("=") ? parser.Assignment() : null;
            if (value is null && (keyword.Text == "const" || target is not NamePattern)) throw tokens.Unexpected("'=' and a value");
            declarations.Add((target, value));
        }
        while (tokens.TakeIf(","));
        return new DeclarationSyntax(keyword.Position, Kind(keyword), declarations);
    }

    private static DeclarationKind Kind(Token keyword) => keyword.Text switch { "const" => DeclarationKind.Const, "let" => DeclarationKind.Let, _ => DeclarationKind.Var };

    private LabelledSyntax Labelled()
    {
        var label = patterns.Name();
        tokens.Expect(":");
        if (_labels.Exists(l => l.Name == label.Name)) throw TokenStream.Error($"The label '{label.Name}' stands twice.", label.Position);
        _labels.Add((label.Name, tokens.Current.Kind == TokenKind.Name && tokens.Current.Text is "for" or "while" or "do"));
        var body = Body();
        _labels.RemoveAt(_labels.Count - 1);
        return new LabelledSyntax(label.Position, label.Name, body);
    }

    private Syntax Condition()
    {
        tokens.Expect("(");
        var test = parser.Expression();
        tokens.Expect(")");
        return test;
    }

    private IfSyntax If()
    {
        var position = tokens.Take().Position;
        var test = Condition();
        var then = Body();
        return new IfSyntax(position, test, then, tokens.TakeName("else") ? Body() : null);
    }

    private StatementSyntax LoopBody()
    {
        _loops++;
        var body = Body();
        _loops--;
        return body;
    }

    private StatementSyntax For()
    {
        var functions = parser.Functions;
        var position = tokens.Take().Position;
        if (tokens.Current.IsName("await")) throw TokenStream.Error("'await' is not supported: an expression cannot wait.", tokens.Current.Position);
        tokens.Expect("(");
        if (ForEachTarget() is { } target) return ForEach(position, functions, target);
        StatementSyntax? start = null;
        if (!tokens.Current.Is(";")) start = IsDeclaration() ? Declarations() : new ExpressionStatementSyntax(position, parser.Expression());
        tokens.Expect(";");
        var test = tokens.Current.Is(";") ? null : parser.Expression();
        tokens.Expect(";");
        var next = tokens.Current.Is(")") ? null : parser.Expression();
        tokens.Expect(")");
        return new ForSyntax(position, start, test, next, LoopBody(), parser.Functions > functions);
    }

    private bool IsDeclaration() => tokens.Current.Kind == TokenKind.Name && tokens.Current.Text is "const" or "let" or "var";

    /// <summary>What receives the elements, when the loop is for…of or for…in; nothing is read otherwise.</summary>
    private (DeclarationKind? Declares, Pattern Target)? ForEachTarget()
    {
        var isDeclaration = IsDeclaration();
        var first = tokens.Index + (isDeclaration ? 1 : 0);
        var last = tokens.At(first).Match >= 0 ? tokens.At(first).Match : first;
        if (!(tokens.At(last + 1).IsName("of") || tokens.At(last + 1).IsName("in"))) return null;
        return (isDeclaration ? Kind(tokens.Take()) : null, patterns.Target());
    }

    private ForEachSyntax ForEach(int position, int functions, (DeclarationKind? Declares, Pattern Target) target)
    {
        var overKeys = tokens.Take().Text == "in";
        var source = overKeys ? parser.Expression() : parser.Assignment();
        tokens.Expect(")");
        return new ForEachSyntax(position, target.Declares, target.Target, source, overKeys, LoopBody(), parser.Functions > functions);
    }

    private WhileSyntax While()
    {
        var functions = parser.Functions;
        var position = tokens.Take().Position;
        var test = Condition();
        return new WhileSyntax(position, test, LoopBody(), TestFirst: true, parser.Functions > functions);
    }

    private WhileSyntax Do()
    {
        var functions = parser.Functions;
        var position = tokens.Take().Position;
        var body = LoopBody();
        if (!tokens.TakeName("while")) throw tokens.Unexpected("'while'");
        var test = Condition();
        tokens.TakeIf(";");
        return new WhileSyntax(position, test, body, TestFirst: false, parser.Functions > functions);
    }

    private ReturnSyntax Return()
    {
        var position = tokens.Take().Position;
        var isBare = tokens.Current.Is(";") || tokens.Current.Is("}") || tokens.Current.AfterLineBreak;
        return Ended(new ReturnSyntax(position, isBare ? null : parser.Expression()));
    }

    private ThrowSyntax Throw()
    {
        var position = tokens.Take().Position;
        if (tokens.Current.AfterLineBreak) throw TokenStream.Error("What is thrown must stand on the line of 'throw'.", position);
        return Ended(new ThrowSyntax(position, parser.Expression()));
    }

    private LeaveSyntax Leave()
    {
        var token = tokens.Take();
        var isBreak = token.Text == "break";
        if (tokens.Current.Kind == TokenKind.Name && !tokens.Current.AfterLineBreak)
        {
            var label = patterns.Name();
            if (!_labels.Exists(l => l.Name == label.Name && (isBreak || l.IsLoop))) throw TokenStream.Error($"There is no {(isBreak ? "statement" : "loop")} '{label.Name}' around this.", label.Position);
            return Ended(new LeaveSyntax(token.Position, isBreak, label.Name));
        }

        if (_loops == 0 && !(isBreak && _switches > 0)) throw TokenStream.Error($"'{token.Text}' can stand only in a loop.", token.Position);
        return Ended(new LeaveSyntax(token.Position, isBreak, null));
    }

    private TrySyntax Try()
    {
        var position = tokens.Take().Position;
        var block = Block();
        Pattern? error = null;
        BlockSyntax? handler = null;
        if (tokens.TakeName("catch"))
        {
            if (tokens.TakeIf("("))
            {
                error = patterns.Target();
                tokens.Expect(")");
            }

            handler = Block();
        }

        var last = tokens.TakeName("finally") ? Block() : null;
        if (handler is null && last is null) throw tokens.Unexpected("'catch' or 'finally'");
        return new TrySyntax(position, block, error, handler, last);
    }

    private SwitchSyntax Switch()
    {
        var position = tokens.Take().Position;
        var value = Condition();
        tokens.Expect("{");
        _switches++;
        List<(Syntax?, IReadOnlyList<StatementSyntax>)> cases = [];
        while (!tokens.TakeIf("}"))
        {
            var isDefault = tokens.TakeName("default");
            if (!isDefault && !tokens.TakeName("case")) throw tokens.Unexpected("'case' or 'default'");
            var test = isDefault ? null : parser.Expression();
            tokens.Expect(":");
            List<StatementSyntax> statements = [];
            while (!tokens.Current.Is("}") && !tokens.Current.IsName("case") && !tokens.Current.IsName("default")) AddStatement(statements);
            cases.Add((test, statements));
        }

        _switches--;
        return new SwitchSyntax(position, value, cases);
    }
}
