using System.Runtime.CompilerServices;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Parsing;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Compilation;

/// <summary>
/// Syntax to nodes that evaluate themselves: expressions. Names are resolved here, once, and the nodes that an
/// expression refers to are noted. What receives values and statements are compiled by the classes beside it.
/// </summary>
internal sealed class Compiler
{
    private readonly TargetCompiler _targets;
    private readonly StatementCompiler _statements;
    private readonly List<NodeReference> _references = [];
    private readonly List<SettingReference> _settings = [];
    private int _depth;
    private int _functions;

    private Compiler()
    {
        _targets = new TargetCompiler(this);
        _statements = new StatementCompiler(this, _targets);
    }

    public IReadOnlyList<NodeReference> References => _references;
    public bool HasDynamicReferences { get; private set; }
    public IReadOnlyList<SettingReference> Settings => _settings;

    /// <exception cref="ExpressionException">A name is not known, or something is not allowed where it stands.</exception>
    public static (Node Root, Compiler Compiler) Compile(Syntax syntax)
    {
        var compiler = new Compiler();
        return (compiler.Expression(syntax, Variables.Root()), compiler);
    }

    public Node Expression(Syntax syntax, Variables variables)
    {
        Enter(syntax);
        var node = syntax switch
        {
            LiteralSyntax literal => new ConstantNode(literal.Value) { Position = syntax.Position },
            NameSyntax name => Name(name, variables),
            MemberSyntax or IndexSyntax or CallSyntax => Linked(syntax, variables, inChain: false),
            ChainSyntax chain => new ChainNode(Linked(chain.Expression, variables, inChain: true)) { Position = syntax.Position },
            TemplateSyntax template => new TemplateNode([.. template.Chunks], All(template.Parts, variables)) { Position = syntax.Position },
            RegexSyntax regex => new RegexNode(CompiledPattern.Of(regex.Pattern, regex.Flags, syntax.Position)) { Position = syntax.Position },
            ArraySyntax array => new ArrayNode(array.Elements.Select(e => e is null ? null : Expression(e, variables)).ToArray()) { Position = syntax.Position },
            SpreadSyntax spread => new SpreadNode(Expression(spread.Argument, variables)) { Position = syntax.Position },
            ObjectSyntax o => new ObjectNode(o.Properties.Select(p => new ObjectPart(p.Name, p.Key is null ? null : Expression(p.Key, variables), Expression(p.Value, variables))).ToArray()) { Position = syntax.Position },
            UnarySyntax unary => Unary(unary, variables),
            BinarySyntax binary => new BinaryNode(Expression(binary.Operands[0], variables), binary.Operators.Select((op, i) => (Operators.Parse(op), Expression(binary.Operands[i + 1], variables))).ToArray()) { Position = syntax.Position },
            LogicalSyntax logical => new LogicalNode(LogicalNode.Parse(logical.Operator), All(logical.Operands, variables)) { Position = syntax.Position },
            ConditionalSyntax conditional => new ConditionalNode(Expression(conditional.Test, variables), Expression(conditional.Then, variables), Expression(conditional.Else, variables)) { Position = syntax.Position },
            SequenceSyntax sequence => new SequenceNode(All(sequence.Expressions, variables)) { Position = syntax.Position },
            NewSyntax creation => new NewNode(Expression(creation.Callee, variables), Arguments(creation.Arguments, variables)) { Position = syntax.Position },
            FunctionSyntax function => Function(function, variables),
            AssignmentSyntax assignment => _targets.Assignment(assignment, variables),
            UpdateSyntax update => new UpdateNode(_targets.Place(update.Target, variables), update.Increment ? 1 : -1, update.Prefix) { Position = syntax.Position },
            _ => throw Error("This cannot stand here.", syntax.Position),
        };
        Leave();
        return node;
    }

    public void Enter(Syntax syntax)
    {
        if (++_depth > MaxHeight || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new ExpressionException(ExpressionErrorCodes.Limit, "The expression is nested too deeply: split it up.", syntax.Position);
    }

    public void Leave() => _depth--;

    /// <summary>Nesting and chains of members together: what bounds the recursion of one function's evaluation.</summary>
    private const int MaxHeight = 300;

    private Node[] All(IEnumerable<Syntax> syntaxes, Variables variables) => syntaxes.Select(s => Expression(s, variables)).ToArray();
    private ArgumentList Arguments(IEnumerable<Syntax> arguments, Variables variables) => new(All(arguments, variables));

    private Node Name(NameSyntax name, Variables variables)
    {
        if (variables.Find(name.Name, isUse: true) is { } local)
            return local.IsEarly ? new EarlyLocalNode(name.Name, local.Hops, local.Slot) { Position = name.Position } : new LocalNode(local.Hops, local.Slot) { Position = name.Position };
        if (Globals.Find(name.Name) is { } constant) return new ConstantNode(constant) { Position = name.Position };
        if (name.Name == "$json") return new JsonNode { Position = name.Position };
        if (ScopeVariables.Find(name.Name) is { } read)
        {
            HasDynamicReferences |= name.Name is "$" or "$node";
            if (name.Name is "$vars" or "$env" or "$secrets") _settings.Add(new SettingReference(name.Name, null, name.Position));
            return new VariableNode(read) { Position = name.Position };
        }

        if (Globals.Forbidden(name.Name) is { } why) throw Error(why, name.Position);
        if (name.Name.StartsWith('$')) throw Unknown($"There is no variable '{name.Name}'.", name, variables);
        return new MemberNode(new JsonNode { Position = name.Position }, name.Name, optional: false, inChain: false) { Position = name.Position };
    }

    /// <summary>Members, elements and calls, each evaluated after what is left of it.</summary>
    private Node Linked(Syntax syntax, Variables variables, bool inChain)
    {
        Enter(syntax);
        var node = syntax switch
        {
            CallSyntax call => Call(call, variables, inChain),
            MemberSyntax or IndexSyntax when NodeNamedBy(syntax, variables) is { } named => NamedNode(named, NodeUse.Any),
            MemberSyntax member when NodeNamedBy(member.Object, variables) is { } named =>
                new MemberNode(NamedNode(named, NodeUses.Of(member.Name)), member.Name, member.Optional, inChain) { Position = syntax.Position },
            IndexSyntax { Index: LiteralSyntax { Value.AsString: { } name } literal } index when NodeNamedBy(index.Object, variables) is { } named =>
                new IndexNode(NamedNode(named, NodeUses.Of(name)), Expression(literal, variables), index.Optional, inChain) { Position = syntax.Position },
            MemberSyntax member => new MemberNode(Linked(member.Object, variables, inChain), member.Name, member.Optional, inChain) { Position = syntax.Position },
            IndexSyntax index => new IndexNode(Linked(index.Object, variables, inChain), Expression(index.Index, variables), index.Optional, inChain) { Position = syntax.Position },
            _ => Expression(syntax, variables),
        };
        NameSetting(syntax);
        Leave();
        return node;
    }

    /// <summary>A reference to <c>$vars</c> that was noted just now turns out to be one to <c>$vars.x</c>.</summary>
    private void NameSetting(Syntax syntax)
    {
        var (root, name) = syntax switch
        {
            MemberSyntax { Object: NameSyntax o } member => (o, member.Name),
            IndexSyntax { Object: NameSyntax o, Index: LiteralSyntax { Value.AsString: { } literal } } => (o, literal),
            _ => default,
        };
        if (root is not null && _settings is [.., { Name: null } last] && last.Position == root.Position) _settings[^1] = last with { Name = name };
    }

    private Node Call(CallSyntax call, Variables variables, bool inChain)
    {
        if (NodeNamedBy(call, variables) is { } node) return NamedNode(node, NodeUse.Any);
        if (call.Callee is MemberSyntax member)
        {
            var target = NodeNamedBy(member.Object, variables) is { } named ? NamedNode(named, NodeUses.Of(member.Name)) : Linked(member.Object, variables, inChain);
            return new MethodCallNode(target, member.Name, Arguments(call.Arguments, variables), member.Optional, call.Optional, inChain) { Position = member.Position };
        }

        if (call is { Callee: NameSyntax { Name: "$if" }, Arguments: [not SpreadSyntax, not SpreadSyntax] or [not SpreadSyntax, not SpreadSyntax, not SpreadSyntax] } && variables.Find("$if") is null)
            return new ConditionalNode(Expression(call.Arguments[0], variables), Expression(call.Arguments[1], variables), call.Arguments.Count > 2 ? Expression(call.Arguments[2], variables) : new ConstantNode(Value.False)) { Position = call.Callee.Position };
        if (call.Callee is NameSyntax callee && IsUnknown(callee.Name, variables))
            throw Globals.Forbidden(callee.Name) is { } why ? Error(why, callee.Position) : Unknown($"There is no function '{callee.Name}'.", callee, variables);
        var source = call.Callee is NameSyntax written ? $"'{written.Name}'" : "What is called here";
        return new CallNode(Linked(call.Callee, variables, inChain), source, Arguments(call.Arguments, variables), call.Optional, inChain) { Position = call.Callee.Position };
    }

    private static bool IsUnknown(string name, Variables variables) =>
        variables.Find(name) is null && Globals.Find(name) is null && name != "$json" && ScopeVariables.Find(name) is null;

    private static bool IsScopeVariable(string name, Variables variables) => variables.Find(name) is null;

    /// <summary>The name in <c>$('name')</c>; null for anything else.</summary>
    private static string? LiteralNodeCall(CallSyntax call, Variables variables) =>
        call is { Callee: NameSyntax { Name: "$" }, Arguments: [LiteralSyntax { Value.AsString: { } name }] } && IsScopeVariable("$", variables) ? name
        : call is { Callee: NameSyntax { Name: "$" }, Arguments: [TemplateSyntax { Chunks: [var chunk] }] } && IsScopeVariable("$", variables) ? chunk
        : null;

    /// <summary>The node that <c>$('x')</c>, <c>$node["x"]</c> or <c>$node.x</c> names; null for anything else.</summary>
    private static (string Name, int Position)? NodeNamedBy(Syntax syntax, Variables variables) => syntax switch
    {
        CallSyntax call when LiteralNodeCall(call, variables) is { } name => (name, call.Callee.Position),
        MemberSyntax { Object: NameSyntax { Name: "$node" } } member when IsScopeVariable("$node", variables) => (member.Name, member.Position),
        IndexSyntax { Object: NameSyntax { Name: "$node" }, Index: LiteralSyntax { Value.AsString: { } name } } index when IsScopeVariable("$node", variables) => (name, index.Position),
        _ => null,
    };

    private NodeLookupNode NamedNode((string Name, int Position) node, NodeUse use)
    {
        _references.Add(new NodeReference(node.Name, node.Position, use));
        return new NodeLookupNode(node.Name) { Position = node.Position };
    }

    private Node Unary(UnarySyntax unary, Variables variables)
    {
        if (unary.Operator == "delete")
        {
            var inChain = unary.Operand is ChainSyntax;
            return ((unary.Operand as ChainSyntax)?.Expression ?? unary.Operand) switch
            {
                MemberSyntax member => new DeleteNode(Linked(member.Object, variables, inChain), new ConstantNode(member.Name), member.Optional) { Position = unary.Position },
                IndexSyntax index => new DeleteNode(Linked(index.Object, variables, inChain), Expression(index.Index, variables), index.Optional) { Position = unary.Position },
                _ => throw Error("Only a property can be deleted.", unary.Position),
            };
        }

        var operand = Expression(unary.Operand, variables);
        return unary.Operator == "-" && operand is ConstantNode { Value: { IsNumber: true } number }
            ? new ConstantNode(-number.AsNumber) { Position = unary.Position }
            : new UnaryNode(unary.Operator, operand) { Position = unary.Position };
    }

    private FunctionNode Function(FunctionSyntax function, Variables outer)
    {
        var before = ++_functions;
        var variables = outer.Frame();
        var self = function.Name is null ? -1 : variables.Declare(function.Name, isConstant: true);
        if (function.Name is not null) variables.Initialise(function.Name);
        var parameters = variables.Block();
        foreach (var parameter in function.Parameters) TargetCompiler.Declare(parameter, parameters, isConstant: false);
        var plain = function.Parameters.Where(p => p is not RestPattern).Select(p => _targets.Declaration(p, parameters)).ToArray();
        var rest = function.Parameters.Count > 0 && function.Parameters[^1] is RestPattern last ? _targets.Declaration(last.Target, parameters) : null;
        foreach (var name in HoistedNames.Of(function.Body)) parameters.DeclareHoisted(name);
        var expression = function.Body is BlockSyntax ? null : Expression(function.Body, parameters);
        var block = function.Body is BlockSyntax statements ? _statements.Statement(statements, parameters) : null;
        return new FunctionNode
        {
            Position = function.Position,
            Name = function.Name,
            Source = function.Source,
            Parameters = plain,
            Rest = rest,
            ParameterCount = function.Parameters.TakeWhile(p => p is not (DefaultPattern or RestPattern)).Count(),
            Expression = expression,
            Block = block,
            PlainParameters = Array.TrueForAll(plain, p => p is VariablePlace) ? Array.ConvertAll(plain, p => ((VariablePlace)p).OwnSlot) : null,
            FrameEndsWithCall = _functions == before,
            SelfSlot = self,
            VariableCount = variables.Count,
            Early = parameters.Early,
        };
    }

    private static ExpressionException Unknown(string message, NameSyntax name, Variables variables) =>
        new(ExpressionErrorCodes.UnknownName, message + DidYouMean.Suggestion(name.Name, variables.Known().Concat(ScopeVariables.Names).Concat(Globals.Names)), name.Position);

    public static ExpressionException Error(string message, int position) => new(ExpressionErrorCodes.Syntax, message, position);
}
