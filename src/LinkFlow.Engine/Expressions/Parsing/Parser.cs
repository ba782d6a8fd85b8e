using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Parsing;

/// <summary>
/// Tokens to syntax: expressions. Statements are read by <see cref="StatementParser"/>, what receives values by
/// <see cref="PatternParser"/>. Every level of nesting is counted, so that no text can exhaust the stack.
/// </summary>
internal sealed class Parser
{
    private static readonly Dictionary<string, int> Precedences = new()
    {
        ["??"] = 1, ["||"] = 2, ["&&"] = 3, ["|"] = 4, ["^"] = 5, ["&"] = 6,
        ["=="] = 7, ["!="] = 7, ["==="] = 7, ["!=="] = 7,
        ["<"] = 8, [">"] = 8, ["<="] = 8, [">="] = 8, ["in"] = 8, ["instanceof"] = 8,
        ["<<"] = 9, [">>"] = 9, [">>>"] = 9, ["+"] = 10, ["-"] = 10, ["*"] = 11, ["/"] = 11, ["%"] = 11, ["**"] = 12,
    };

    private static readonly HashSet<string> Assignments = ["=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=", "??="];

    private static readonly HashSet<string> Reserved =
    [
        "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "enum", "export", "extends", "finally",
        "for", "function", "if", "import", "in", "instanceof", "new", "return", "super", "switch", "this", "throw", "try", "typeof", "var", "void",
        "while", "with", "yield", "await",
    ];

    private readonly TokenStream _tokens;
    private readonly StatementParser _statements;
    private readonly PatternParser _patterns;
    private readonly HashSet<Syntax> _bracketed = new(ReferenceEqualityComparer.Instance);

    private Parser(TokenStream tokens)
    {
        _tokens = tokens;
        _patterns = new PatternParser(tokens, this);
        _statements = new StatementParser(tokens, this, _patterns);
    }

    /// <summary>Where a <c>{ name = value }</c> stands that no assignment has made a pattern yet; −1: nowhere.</summary>
    private int _openDefault = -1;

    /// <summary>How many functions have been read so far.</summary>
    public int Functions { get; private set; }

    /// <exception cref="ExpressionException">The tokens are not an expression.</exception>
    public static Syntax Parse(string text, IReadOnlyList<Token> tokens)
    {
        var stream = new TokenStream(text, tokens);
        if (stream.Current.Kind == TokenKind.End) throw TokenStream.Error("The expression is empty.", stream.Current.Position);
        var parser = new Parser(stream);
        var expression = parser.Expression();
        while (stream.TakeIf(";")) { }
        if (stream.Current.Kind != TokenKind.End) throw stream.Unexpected("an operator or the end of the expression");
        return parser._openDefault < 0 ? expression : throw TokenStream.Error("A default value can stand only in what receives values. Did you mean ':'?", parser._openDefault);
    }

    /// <summary>An expression with commas.</summary>
    public Syntax Expression()
    {
        var first = Assignment();
        if (!_tokens.Current.Is(",")) return first;
        List<Syntax> expressions = [first];
        while (_tokens.TakeIf(",")) expressions.Add(Assignment());
        return new SequenceSyntax(first.Position, expressions);
    }

    /// <summary>An expression without commas.</summary>
    public Syntax Assignment()
    {
        _tokens.Enter();
        var position = _tokens.Current.Position;
        if (ArrowFollows()) return Left(Arrow());
        var openDefault = _openDefault;
        var left = Conditional();
        if (_tokens.Current.Kind != TokenKind.Punctuator || !Assignments.Contains(_tokens.Current.Text)) return Left(left);
        var op = _tokens.Take().Text[..^1];
        if (left is ChainSyntax) throw TokenStream.Error("A '?.' cannot stand on the left of an assignment.", position);
        if (op.Length == 0) _openDefault = openDefault;
        var target = op.Length == 0 ? PatternParser.FromExpression(left) : PatternParser.Place(left);
        return Left(new AssignmentSyntax(position, op, target, Assignment()));
    }

    private Syntax Left(Syntax syntax)
    {
        _tokens.Leave();
        return syntax;
    }

    private bool ArrowFollows()
    {
        var current = _tokens.Current;
        if (current.Is("(")) return current.Match >= 0 && _tokens.At(current.Match + 1).Is("=>");
        if (current.IsName("async") && (_tokens.Next().Kind == TokenKind.Name || _tokens.Next().Is("(")) && !_tokens.Next().AfterLineBreak)
            throw TokenStream.Error("Functions cannot be 'async' here: an expression cannot wait.", current.Position);
        return current.Kind == TokenKind.Name && _tokens.Next().Is("=>");
    }

    private FunctionSyntax Arrow()
    {
        var start = _tokens.Current.Position;
        IReadOnlyList<Pattern> parameters = _tokens.Current.Is("(") ? _patterns.Parameters() : [_patterns.Name()];
        _tokens.Expect("=>");
        return Function(start, null, parameters, _tokens.Current.Is("{") ? FunctionBody() : Assignment());
    }

    private FunctionSyntax FunctionExpression()
    {
        var start = _tokens.Take().Position;
        if (_tokens.Current.Is("*")) throw TokenStream.Error("Generators are not supported.", _tokens.Current.Position);
        var name = _tokens.Current.Kind == TokenKind.Name ? _patterns.Name().Name : null;
        return Function(start, name, _patterns.Parameters(), FunctionBody());
    }

    /// <summary>A function declaration in a block: its name and the function.</summary>
    public FunctionSyntax FunctionDeclaration()
    {
        if (_tokens.Next().Kind == TokenKind.Name) return FunctionExpression();
        _tokens.Take();
        throw _tokens.Unexpected("a name for the function");
    }

    private BlockSyntax FunctionBody() => _statements.FunctionBody();

    private FunctionSyntax Function(int start, string? name, IReadOnlyList<Pattern> parameters, Syntax body)
    {
        Functions++;
        return new FunctionSyntax(start, name, parameters, body, _tokens.Source(start, _tokens.LastEnd));
    }

    private Syntax Conditional()
    {
        var test = Binary(1);
        if (!_tokens.TakeIf("?")) return test;
        var then = Assignment();
        _tokens.Expect(":");
        return new ConditionalSyntax(test.Position, test, then, Assignment());
    }

    private Syntax Binary(int least)
    {
        var left = Unary();
        while (Precedence() is var precedence && precedence >= least)
        {
            if (precedence == 12)
            {
                if (left is UnarySyntax && !_bracketed.Contains(left)) throw TokenStream.Error("Put the left side of '**' into brackets.", left.Position);
                _tokens.Enter();
                var op = _tokens.Take().Text;
                left = new BinarySyntax(left.Position, [left, Binary(12)], [op]);
                _tokens.Leave();
            }
            else if (precedence <= 3) left = Logical(left, precedence);
            else
            {
                List<Syntax> operands = [left];
                List<string> operators = [];
                while (Precedence() == precedence)
                {
                    operators.Add(_tokens.Take().Text);
                    operands.Add(Binary(precedence + 1));
                }

                left = new BinarySyntax(left.Position, operands, operators);
            }
        }

        return left;
    }

    private LogicalSyntax Logical(Syntax left, int precedence)
    {
        var op = _tokens.Current.Text;
        List<Syntax> operands = [left];
        while (_tokens.TakeIf(op)) operands.Add(Binary(precedence + 1));
        var mixed = operands.Find(o => o is LogicalSyntax { Operator: var inner } && (inner == "??") != (op == "??") && !_bracketed.Contains(o));
        if (mixed is not null) throw TokenStream.Error("Put one of '??' and '||' or '&&' into brackets: without them it is not clear which comes first.", mixed.Position);
        return new LogicalSyntax(left.Position, op, operands);
    }

    private int Precedence()
    {
        var token = _tokens.Current;
        return token.Kind == TokenKind.Punctuator || token.IsName("in") || token.IsName("instanceof") ? Precedences.GetValueOrDefault(token.Text) : 0;
    }

    private Syntax Unary()
    {
        var token = _tokens.Current;
        if (token.Is("++") || token.Is("--"))
        {
            _tokens.Enter();
            _tokens.Take();
            return Left(new UpdateSyntax(token.Position, token.Text == "++", Prefix: true, PatternParser.Place(Unary())));
        }

        var isUnary = token.Kind == TokenKind.Punctuator ? token.Text is "!" or "-" or "+" or "~" : token.Kind == TokenKind.Name && token.Text is "typeof" or "void" or "delete";
        if (token.IsName("await")) throw TokenStream.Error("'await' is not supported: an expression cannot wait.", token.Position);
        if (!isUnary) return Postfix();
        _tokens.Enter();
        _tokens.Take();
        return Left(new UnarySyntax(token.Position, token.Text, Unary()));
    }

    private Syntax Postfix()
    {
        var operand = Member();
        var token = _tokens.Current;
        if (!(token.Is("++") || token.Is("--")) || token.AfterLineBreak) return operand;
        _tokens.Take();
        return new UpdateSyntax(operand.Position, token.Text == "++", Prefix: false, PatternParser.Place(operand));
    }

    private Syntax Member()
    {
        var start = _tokens.Current;
        var expression = start.IsName("new") ? New() : Primary();
        var optional = false;
        for (var length = 0; ; length++)
        {
            if (length > ExpressionLimits.MaxNesting) throw new ExpressionException(ExpressionErrorCodes.Limit, $"A chain of members and calls is too long: at most {ExpressionLimits.MaxNesting} are allowed.", start.Position);
            var token = _tokens.Current;
            var skips = _tokens.TakeIf("?.");
            optional |= skips;
            if (_tokens.Current.Is("(")) expression = new CallSyntax(token.Position, expression, Arguments(), skips);
            else if (_tokens.TakeIf("["))
            {
                expression = new IndexSyntax(_tokens.Current.Position, expression, Expression(), skips);
                _tokens.Expect("]");
            }
            else if (skips || _tokens.TakeIf(".")) expression = new MemberSyntax(_tokens.Current.Position, expression, MemberName(), skips);
            else if (_tokens.Current.Kind == TokenKind.TemplateStart) expression = RawTemplate(expression, optional);
            else return optional ? new ChainSyntax(start.Position, expression) : expression;
        }
    }

    private string MemberName()
    {
        if (_tokens.Current.Is("#")) throw TokenStream.Error("Private members are not supported.", _tokens.Current.Position);
        return _tokens.Current.Kind == TokenKind.Name ? _tokens.Take().Text : throw _tokens.Unexpected("the name of a property");
    }

    private List<Syntax> Arguments()
    {
        _tokens.Expect("(");
        List<Syntax> arguments = [];
        while (!_tokens.TakeIf(")"))
        {
            arguments.Add(MaybeSpread());
            if (!_tokens.Current.Is(")")) _tokens.Expect(",");
        }

        return arguments;
    }

    private Syntax MaybeSpread() => _tokens.Current.Is("...") ? new SpreadSyntax(_tokens.Take().Position, Assignment()) : Assignment();

    private NewSyntax New()
    {
        _tokens.Enter();
        var position = _tokens.Take().Position;
        var callee = _tokens.Current.IsName("new") ? New() : Primary();
        while (_tokens.TakeIf(".")) callee = new MemberSyntax(_tokens.Current.Position, callee, MemberName(), Optional: false);
        _tokens.Leave();
        return new NewSyntax(position, callee, _tokens.Current.Is("(") ? Arguments() : []);
    }

    private Syntax Primary()
    {
        var token = _tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Number: return new LiteralSyntax(_tokens.Take().Position, token.Number);
            case TokenKind.String: return new LiteralSyntax(_tokens.Take().Position, token.Text);
            case TokenKind.Regex: return new RegexSyntax(_tokens.Take().Position, token.Text, token.Raw);
            case TokenKind.TemplateStart: return Template(raw: false);
            case TokenKind.Name: return NamedPrimary(token);
            case TokenKind.Punctuator when token.Text == "(":
                _tokens.Take();
                var inner = Expression();
                _tokens.Expect(")");
                _bracketed.Add(inner);
                return inner;
            case TokenKind.Punctuator when token.Text == "[": return Array();
            case TokenKind.Punctuator when token.Text == "{": return Object();
            default: throw _tokens.Unexpected("a value");
        }
    }

    private Syntax NamedPrimary(Token token)
    {
        switch (token.Text)
        {
            case "true": return new LiteralSyntax(_tokens.Take().Position, Value.True);
            case "false": return new LiteralSyntax(_tokens.Take().Position, Value.False);
            case "null": return new LiteralSyntax(_tokens.Take().Position, Value.Null);
            case "function": return FunctionExpression();
        }

        if (Reserved.Contains(token.Text)) throw TokenStream.Error(ReservedMessage(token.Text), token.Position);
        return new NameSyntax(_tokens.Take().Position, token.Text);
    }

    private static string ReservedMessage(string word) => word switch
    {
        "this" or "super" => $"'{word}' is not part of the language: use $json for the item's data.",
        "import" or "export" => $"'{word}' is not part of the language: an expression cannot load anything.",
        "class" => "Classes are not supported.",
        "if" or "for" or "while" or "const" or "let" or "var" or "return" or "throw" or "try" or "switch" or "do" =>
            $"'{word}' is a statement; an expression was expected. Statements can stand in a function: (() => {{ … return x; }})().",
        _ => $"'{word}' is a reserved word and cannot be used here.",
    };

    private Syntax RawTemplate(Syntax tag, bool optional)
    {
        if (optional || tag is not MemberSyntax { Object: NameSyntax { Name: "String" }, Name: "raw" }) throw TokenStream.Error("Of tagged templates only String.raw is supported.", _tokens.Current.Position);
        return Template(raw: true);
    }

    private TemplateSyntax Template(bool raw)
    {
        var position = _tokens.Take().Position;
        List<string> chunks = [];
        List<Syntax> parts = [];
        while (true)
        {
            if (_tokens.Current.Kind != TokenKind.TemplateChunk) throw _tokens.Unexpected("'}'");
            var chunk = _tokens.Take();
            if (!raw && chunk.Error is not null) throw chunk.Error;
            chunks.Add(raw ? chunk.Raw : chunk.Text);
            if (_tokens.Current.Kind == TokenKind.TemplateEnd) break;
            parts.Add(Expression());
        }

        _tokens.Take();
        return new TemplateSyntax(position, chunks, parts);
    }

    private ArraySyntax Array()
    {
        var position = _tokens.Take().Position;
        List<Syntax?> elements = [];
        while (!_tokens.TakeIf("]"))
        {
            if (_tokens.TakeIf(","))
            {
                elements.Add(null);
                continue;
            }

            elements.Add(MaybeSpread());
            if (!_tokens.Current.Is("]")) _tokens.Expect(",");
        }

        return new ArraySyntax(position, elements);
    }

    private ObjectSyntax Object()
    {
        var position = _tokens.Take().Position;
        List<PropertySyntax> properties = [];
        while (!_tokens.TakeIf("}"))
        {
            properties.Add(Property());
            if (!_tokens.Current.Is("}")) _tokens.Expect(",");
        }

        return new ObjectSyntax(position, properties);
    }

    private PropertySyntax Property()
    {
        var token = _tokens.Current;
        if (_tokens.TakeIf("...")) return new PropertySyntax(token.Position, null, null, Assignment());
        RequirePlainProperty(token, _tokens.Next());
        var (name, key) = PropertyKey();
        if (_tokens.Current.Is("(")) return new PropertySyntax(token.Position, name, key, Function(token.Position, null, _patterns.Parameters(), FunctionBody()));
        if (name == "__proto__" && _tokens.Current.Is(":")) throw TokenStream.Error("'__proto__' cannot be set: objects have no prototypes here. Use {...a, ...b} to take over properties.", token.Position);
        if (_tokens.TakeIf(":")) return new PropertySyntax(token.Position, name, key, Assignment());
        if (token.Kind != TokenKind.Name || name is null) throw _tokens.Unexpected("':'");
        if (Reserved.Contains(name)) throw TokenStream.Error(ReservedMessage(name), token.Position);
        if (name is "true" or "false" or "null") throw _tokens.Unexpected("':'");
        return new PropertySyntax(token.Position, name, null, _tokens.Current.Is("=") ? OpenDefault(new NamePattern(token.Position, name)) : new NameSyntax(token.Position, name));
    }

    /// <summary><c>{ name = value }</c>, which is right only when the object turns out to be a pattern.</summary>
    private AssignmentSyntax OpenDefault(NamePattern name)
    {
        if (_openDefault < 0) _openDefault = _tokens.Current.Position;
        _tokens.Take();
        return new AssignmentSyntax(name.Position, "", name, Assignment());
    }

    private static void RequirePlainProperty(Token token, Token next)
    {
        if (token.Is("*")) throw TokenStream.Error("Generators are not supported.", token.Position);
        var isModifier = token.Kind == TokenKind.Name && token.Text is "get" or "set" or "async";
        if (!isModifier || !(next.Kind is TokenKind.Name or TokenKind.String or TokenKind.Number || next.Is("[") || next.Is("*"))) return;
        throw TokenStream.Error(token.Text == "async" ? "Functions cannot be 'async' here: an expression cannot wait." : "Getters and setters are not supported: write a property, or a method.", token.Position);
    }

    /// <summary>A property's name, or its computed key.</summary>
    public (string? Name, Syntax? Key) PropertyKey()
    {
        var token = _tokens.Current;
        if (_tokens.TakeIf("["))
        {
            var key = Assignment();
            _tokens.Expect("]");
            return (null, key);
        }

        if (token.Kind is not (TokenKind.Name or TokenKind.String or TokenKind.Number)) throw _tokens.Unexpected("the name of a property");
        _tokens.Take();
        return (token.Kind == TokenKind.Number ? JavaScriptNumber.ToString(token.Number) : token.Text, null);
    }
}
