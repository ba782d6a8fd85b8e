using LinkFlow.Engine.Text;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>Tokens to a tree that evaluates itself, by the binding powers of the specification.</summary>
internal sealed class JmesParser
{
    /// <summary>Of the whole tree, as its evaluation is as deep.</summary>
    private const int MaxHeight = ExpressionLimits.MaxNesting;

    /// <summary>What binds less than this ends a projection.</summary>
    private const int ProjectionStop = 10;

    private readonly string _query;
    private readonly List<JmesToken> _tokens;
    private int _at;
    private int _depth;

    private JmesParser(string query)
    {
        _query = query;
        _tokens = JmesLexer.Read(query);
    }

    private JmesToken Current => _tokens[_at];

    /// <exception cref="ExpressionException">It is not of JMESPath, has an unknown function or a wrong number of arguments, or is nested too deeply.</exception>
    public static JmesNode Parse(string query)
    {
        var parser = new JmesParser(query);
        var root = parser.Expression(0);
        return parser.Current.Kind == JmesTokenKind.End ? root : throw parser.Unexpected();
    }

    private static int Power(JmesTokenKind kind) => kind switch
    {
        JmesTokenKind.Pipe => 1,
        JmesTokenKind.Or => 2,
        JmesTokenKind.And => 3,
        >= JmesTokenKind.Equal and <= JmesTokenKind.GreaterOrEqual => 5,
        JmesTokenKind.Flatten => 9,
        JmesTokenKind.Star => 20,
        JmesTokenKind.Filter => 21,
        JmesTokenKind.Dot => 40,
        JmesTokenKind.Not => 45,
        JmesTokenKind.OpenBrace => 50,
        JmesTokenKind.OpenBracket => 55,
        JmesTokenKind.OpenParen => 60,
        _ => 0,
    };

    private JmesNode Expression(int power)
    {
        if (++_depth > MaxHeight) throw TooDeep();
        var left = Start(Take());
        while (power < Power(Current.Kind)) left = Checked(Continue(left, Take()));
        _depth--;
        return left;
    }

    private static JmesNode Checked(JmesNode node) => node.Height <= MaxHeight ? node : throw TooDeep();

    private static ExpressionException TooDeep() => new(ExpressionErrorCodes.Limit, $"This JMESPath is nested more than {MaxHeight} deep: split it up.");

    /// <summary>What an expression can begin with.</summary>
    private JmesNode Start(JmesToken token)
    {
        switch (token.Kind)
        {
            case JmesTokenKind.Literal: return new LiteralJmesNode(token.Value);
            case JmesTokenKind.Name when Current.Kind == JmesTokenKind.OpenParen: return Function(token);
            case JmesTokenKind.Name: return new FieldJmesNode(token.Text);
            case JmesTokenKind.QuotedName:
                return Current.Kind == JmesTokenKind.OpenParen ? throw JmesError.Syntax(_query, token.Position, "a function's name cannot be in quotes") : new FieldJmesNode(token.Text);
            case JmesTokenKind.At: return CurrentJmesNode.Instance;
            case JmesTokenKind.Star: return new ValuesJmesNode(CurrentJmesNode.Instance, Projected(20));
            case JmesTokenKind.Filter: return Filter(CurrentJmesNode.Instance);
            case JmesTokenKind.Flatten: return new ProjectionJmesNode(new FlattenJmesNode(CurrentJmesNode.Instance), Projected(9));
            case JmesTokenKind.OpenBracket: return Bracket(CurrentJmesNode.Instance, mayList: true);
            case JmesTokenKind.OpenBrace: return Hash();
            case JmesTokenKind.Ampersand: return new ReferenceJmesNode(Expression(0));
            case JmesTokenKind.Not: return new NotJmesNode(Expression(45));
            case JmesTokenKind.OpenParen:
                var inner = Expression(0);
                Expect(JmesTokenKind.CloseParen);
                return inner;
            default:
                _at--;
                throw Unexpected();
        }
    }

    /// <summary>What can stand behind an expression.</summary>
    private JmesNode Continue(JmesNode left, JmesToken token)
    {
        switch (token.Kind)
        {
            case JmesTokenKind.Dot when Current.Kind == JmesTokenKind.Star:
                _at++;
                return new ValuesJmesNode(left, Projected(20));
            case JmesTokenKind.Dot: return new ChainJmesNode(left, BehindDot(40));
            case JmesTokenKind.Pipe: return new ChainJmesNode(left, Expression(1));
            case JmesTokenKind.Or: return new OrJmesNode(left, Expression(2));
            case JmesTokenKind.And: return new AndJmesNode(left, Expression(3));
            case JmesTokenKind.Filter: return Filter(left);
            case JmesTokenKind.Flatten: return new ProjectionJmesNode(new FlattenJmesNode(left), Projected(9));
            case JmesTokenKind.OpenBracket: return Bracket(left, mayList: false);
            case >= JmesTokenKind.Equal and <= JmesTokenKind.GreaterOrEqual: return new CompareJmesNode(token.Kind, left, Expression(5));
            default:
                _at--;
                throw Unexpected();
        }
    }

    /// <summary>What a projection does with each element.</summary>
    private JmesNode Projected(int power)
    {
        if (Power(Current.Kind) < ProjectionStop) return CurrentJmesNode.Instance;
        switch (Current.Kind)
        {
            case JmesTokenKind.OpenBracket or JmesTokenKind.Filter: return Expression(power);
            case JmesTokenKind.Dot:
                _at++;
                return BehindDot(power);
            default: throw Unexpected();
        }
    }

    private JmesNode BehindDot(int power)
    {
        switch (Current.Kind)
        {
            case JmesTokenKind.Name or JmesTokenKind.QuotedName or JmesTokenKind.Star: return Expression(power);
            case JmesTokenKind.OpenBracket:
                _at++;
                return List();
            case JmesTokenKind.OpenBrace:
                _at++;
                return Hash();
            default: throw Unexpected();
        }
    }

    /// <summary>An index, a slice, <c>[*]</c>, or where no expression stands before it a list.</summary>
    private JmesNode Bracket(JmesNode left, bool mayList)
    {
        if (Current.Kind is JmesTokenKind.Number or JmesTokenKind.Colon) return IndexOrSlice(left);
        if (Current.Kind == JmesTokenKind.Star && _tokens[_at + 1].Kind == JmesTokenKind.CloseBracket)
        {
            _at += 2;
            return new ProjectionJmesNode(left, Projected(20));
        }

        return mayList ? List() : throw Unexpected();
    }

    private JmesNode IndexOrSlice(JmesNode left)
    {
        int?[] parts = [null, null, null];
        var colons = 0;
        while (Current.Kind != JmesTokenKind.CloseBracket)
        {
            var token = Take();
            if (token.Kind == JmesTokenKind.Colon && colons < 2) colons++;
            else if (token.Kind == JmesTokenKind.Number && parts[colons] is null) parts[colons] = (int)token.Value.AsNumber;
            else
            {
                _at--;
                throw Unexpected();
            }
        }

        _at++;
        if (colons == 0) return new IndexJmesNode(left, parts[0]!.Value);
        if (parts[2] == 0) throw JmesError.Value("The step of a JMESPath slice cannot be 0.");
        return new ProjectionJmesNode(new SliceJmesNode(left, parts[0], parts[1], parts[2] ?? 1), Projected(20));
    }

    private FilterJmesNode Filter(JmesNode left)
    {
        var condition = Expression(0);
        Expect(JmesTokenKind.CloseBracket);
        return new FilterJmesNode(left, condition, Projected(21));
    }

    private ListJmesNode List()
    {
        List<JmesNode> elements = [];
        do elements.Add(Expression(0));
        while (TakeIf(JmesTokenKind.Comma));
        Expect(JmesTokenKind.CloseBracket);
        return new ListJmesNode([.. elements]);
    }

    private HashJmesNode Hash()
    {
        List<(string Name, JmesNode Node)> members = [];
        do
        {
            var name = Take();
            if (name.Kind is not (JmesTokenKind.Name or JmesTokenKind.QuotedName))
            {
                _at--;
                throw Unexpected();
            }

            Expect(JmesTokenKind.Colon);
            members.Add((name.Text, Expression(0)));
        }
        while (TakeIf(JmesTokenKind.Comma));
        Expect(JmesTokenKind.CloseBrace);
        return new HashJmesNode([.. members]);
    }

    private FunctionJmesNode Function(JmesToken name)
    {
        _at++;
        List<JmesNode> arguments = [];
        if (!TakeIf(JmesTokenKind.CloseParen))
        {
            do arguments.Add(Expression(0));
            while (TakeIf(JmesTokenKind.Comma));
            Expect(JmesTokenKind.CloseParen);
        }

        var function = JmesFunctions.Find(name.Text) ?? throw JmesError.UnknownFunction(name.Text, DidYouMean.Suggestion(name.Text, JmesFunctions.Names));
        if (!function.Accepts(arguments.Count)) throw JmesError.Arity(name.Text, function.Arity, arguments.Count);
        return new FunctionJmesNode(function, [.. arguments]);
    }

    private JmesToken Take() => Current.Kind == JmesTokenKind.End ? throw Unexpected() : _tokens[_at++];

    private bool TakeIf(JmesTokenKind kind)
    {
        if (Current.Kind != kind) return false;
        _at++;
        return true;
    }

    private void Expect(JmesTokenKind kind)
    {
        if (!TakeIf(kind)) throw Unexpected();
    }

    private ExpressionException Unexpected() => JmesError.Syntax(_query, Current.Position, Current.Kind == JmesTokenKind.End ? "it ends too early" : $"'{Current.Text}' cannot stand there");
}
