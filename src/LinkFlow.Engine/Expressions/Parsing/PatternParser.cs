namespace LinkFlow.Engine.Expressions.Parsing;

/// <summary>Reads what receives values: parameters, declared names, destructuring.</summary>
internal sealed class PatternParser(TokenStream tokens, Parser parser)
{
    private static readonly HashSet<string> NotNames = ["true", "false", "null", "this", "function", "new", "typeof", "in", "instanceof", "return", "if", "else", "for", "const", "let", "var", "class", "void", "delete"];

    public List<Pattern> Parameters()
    {
        tokens.Expect("(");
        return List(")", withHoles: false)!;
    }

    public NamePattern Name()
    {
        var token = tokens.Current;
        if (token.Kind != TokenKind.Name || NotNames.Contains(token.Text)) throw tokens.Unexpected("a name");
        tokens.Take();
        return new NamePattern(token.Position, token.Text);
    }

    /// <summary>A name, or the parts of an array or object.</summary>
    public Pattern Target()
    {
        tokens.Enter();
        var position = tokens.Current.Position;
        Pattern target;
        if (tokens.TakeIf("[")) target = new ArrayPattern(position, List("]", withHoles: true));
        else if (tokens.TakeIf("{")) target = new ObjectPattern(position, Properties());
        else target = Name();
        tokens.Leave();
        return target;
    }

    private Pattern TargetWithDefault()
    {
        var target = Target();
        return tokens.TakeIf("=") ? new DefaultPattern(target.Position, target, parser.Assignment()) : target;
    }

    private List<Pattern> List(string end, bool withHoles)
    {
        List<Pattern> elements = [];
        while (!tokens.TakeIf(end))
        {
            if (withHoles && tokens.TakeIf(","))
            {
                elements.Add(null!);
                continue;
            }

            if (tokens.Current.Is("..."))
            {
                elements.Add(new RestPattern(tokens.Take().Position, Target()));
                tokens.Expect(end);
                break;
            }

            elements.Add(TargetWithDefault());
            if (!tokens.Current.Is(end)) tokens.Expect(",");
        }

        return elements;
    }

    private List<(string? Name, Syntax? Key, Pattern Target)> Properties()
    {
        List<(string?, Syntax?, Pattern)> properties = [];
        while (!tokens.TakeIf("}"))
        {
            var token = tokens.Current;
            if (tokens.TakeIf("..."))
            {
                properties.Add((null, null, new RestPattern(token.Position, Name())));
                tokens.Expect("}");
                break;
            }

            if (token.Kind == TokenKind.Name && !tokens.Next().Is(":"))
            {
                var name = Name();
                properties.Add((name.Name, null, tokens.TakeIf("=") ? new DefaultPattern(name.Position, name, parser.Assignment()) : name));
            }
            else
            {
                var (name, key) = parser.PropertyKey();
                tokens.Expect(":");
                properties.Add((name, key, TargetWithDefault()));
            }

            if (!tokens.Current.Is("}")) tokens.Expect(",");
        }

        return properties;
    }

    /// <summary>The left side of a plain assignment, which was read as an expression.</summary>
    public static Pattern FromExpression(Syntax left) => left switch
    {
        ArraySyntax array => new ArrayPattern(left.Position, array.Elements.Select(e => e is null ? null : Element(e)).ToList()),
        ObjectSyntax o => new ObjectPattern(left.Position, o.Properties.Select(p => (p.Name, p.Key, p.Name is null && p.Key is null ? new RestPattern(p.Position, FromExpression(p.Value)) : Element(p.Value))).ToList()),
        _ => Place(left),
    };

    private static Pattern Element(Syntax element) => element switch
    {
        SpreadSyntax spread => new RestPattern(spread.Position, FromExpression(spread.Argument)),
        AssignmentSyntax { Operator: "" } assignment => new DefaultPattern(assignment.Position, assignment.Target, assignment.Value),
        _ => FromExpression(element),
    };

    /// <summary>A variable, member or element that can be assigned to.</summary>
    public static Pattern Place(Syntax left) => left switch
    {
        NameSyntax name => new NamePattern(name.Position, name.Name),
        MemberSyntax or IndexSyntax => new PlacePattern(left.Position, left),
        _ => throw TokenStream.Error("This cannot be assigned to. Did you mean '==='?", left.Position),
    };
}
