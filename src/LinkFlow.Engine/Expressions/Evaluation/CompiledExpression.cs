using LinkFlow.Engine.Expressions.Compilation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Library.Objects;
using LinkFlow.Engine.Expressions.Parsing;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary>One <c>{{ expression }}</c>, ready to be evaluated.</summary>
internal sealed class CompiledExpression
{
    private readonly Node _root;
    private readonly MemberNode[]? _path;
    private readonly string _source;

    private CompiledExpression(Node root, string source)
    {
        _root = root;
        _path = PathOf(root);
        _source = source;
    }

    /// <param name="start">Just behind the opening braces.</param>
    /// <param name="end">Just behind the closing braces.</param>
    /// <param name="compiler">Knows what the expression refers to.</param>
    /// <exception cref="ExpressionException">The text is not of the language.</exception>
    public static CompiledExpression Compile(string text, int start, out int end, out Compiler compiler)
    {
        var tokens = Lexer.Read(text, start);
        end = tokens[^1].Position + 2;
        var source = text[start..(end - 2)].Trim();
        try
        {
            (var root, compiler) = Compiler.Compile(Parser.Parse(text, tokens));
            return new CompiledExpression(root, source);
        }
        catch (ExpressionException e) when (e.Note(source))
        {
            throw;
        }
    }

    /// <summary>As JSON; undefined stays undefined.</summary>
    /// <exception cref="ExpressionException">It failed.</exception>
    public Value Evaluate(ExpressionScope scope, bool allowUndefined)
    {
        if (_path is not null && FollowPath(scope, out var found)) return found;
        var run = Run.Take(scope);
        try
        {
            var frame = run.Root;
            var value = _root.Evaluate(frame);
            var json = Results.ToJson(run, value);
            return json.IsUndefined && !allowUndefined ? throw Undefined(frame, value) : json;
        }
        catch (ExpressionException e) when (e.Note(_source))
        {
            throw;
        }
        finally
        {
            run.Return();
        }
    }

    /// <summary>As a part of a text: numbers with the text that they were written with, objects and arrays as JSON.</summary>
    /// <param name="run">Shared by the parts of a text, so that its limits are those of the whole.</param>
    /// <exception cref="ExpressionException">It failed, or came out undefined although that is not allowed.</exception>
    public string Print(Run run, bool allowUndefined)
    {
        if (_path is not null && FollowPath(run.Scope, out var found) && found.AsString is { } text) return text;
        try
        {
            var frame = run.Root;
            var value = _root.Evaluate(frame);
            if (value.AsString is { } made) return made;
            if (value.IsUndefined || value.AsOther is FunctionValue) return allowUndefined ? "" : throw Undefined(frame, value);
            if (value.NumberAsWritten is { } number) return number;
            var isPrintable = value.AsOther is LanguageObject other ? other is not (MatchValue or ItemObject or InputObject or NodeObject or NodesObject) : !(value.IsArray || value.IsObject);
            return isPrintable ? Coercion.ToString(run, value) : JsonPrinter.Print(run, value).AsString!;
        }
        catch (ExpressionException e) when (e.Note(_source))
        {
            throw;
        }
    }

    /// <exception cref="ExpressionException">It failed.</exception>
    public ExpressionResult Explain(ExpressionScope scope)
    {
        var run = Run.Take(scope);
        try
        {
            var value = _root.Evaluate(run.Root);
            var text = value.NumberAsWritten ?? Coercion.ToString(run, value);
            var json = Results.ToJson(run, value);
            return new ExpressionResult(json.IsUndefined ? Value.Null : json, Coercion.TypeName(value), text);
        }
        catch (ExpressionException e) when (e.Note(_source))
        {
            throw;
        }
        finally
        {
            run.Return();
        }
    }

    private ExpressionException Undefined(Frame frame, Value value) => new(
        ExpressionErrorCodes.Undefined,
        value.IsUndefined ? $"The value is undefined.{_root.Suggest(frame)}" : "The value is a function. Did you forget to call it with '()'?",
        _root.Position);

    /// <summary><c>$json.a.b</c> needs no frame: the commonest expression, and the fastest.</summary>
    private bool FollowPath(ExpressionScope scope, out Value value)
    {
        value = JsonNode.Of(scope);
        foreach (var member in _path!)
        {
            if (value.AsObject is not { } o) return false;
            value = member.Read(o);
        }

        return !value.IsUndefined && !(value.IsNumber && !double.IsFinite(value.AsNumber));
    }

    private static MemberNode[]? PathOf(Node root)
    {
        List<MemberNode> members = [];
        for (var node = root; ; node = members[^1].Target)
        {
            if (node is JsonNode) break;
            if (node is not MemberNode member) return null;
            members.Add(member);
        }

        members.Reverse();
        return [.. members];
    }
}
