using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions;

/// <summary>
/// A parameter's text with its <c>{{ expressions }}</c>, compiled once. A text that is one expression keeps the
/// value's type; else the parts are printed into a string. <c>\{{</c> is a literal.
/// </summary>
/// <remarks>
/// Printed as JavaScript's <c>String()</c> prints, but a number that was passed through keeps the text it was
/// written with, and objects and arrays are printed as JSON, because <c>[object Object]</c> is of use to nobody.
/// </remarks>
public sealed class Template
{
    private readonly List<Part> _parts = [];

    /// <summary>The text is this one expression; null: there is more to it.</summary>
    private CompiledExpression? _only;
    private readonly List<NodeReference> _references = [];
    private readonly List<SettingReference> _settings = [];

    private Template(string text) => Text = text;

    public string Text { get; }

    /// <summary>True when the text holds an expression at all.</summary>
    public static bool IsTemplate(string text) => text.Contains("{{", StringComparison.Ordinal);

    /// <summary>The nodes that it names with a literal: <c>$('x')</c>, <c>$node["x"]</c>.</summary>
    public IReadOnlyList<NodeReference> References => _references;

    /// <summary>True when it names a node by a value that is only known when it runs.</summary>
    public bool HasDynamicReferences { get; private set; }

    /// <summary>What it names of <c>$vars</c>, <c>$env</c> and <c>$secrets</c>.</summary>
    public IReadOnlyList<SettingReference> Settings => _settings;

    /// <exception cref="ExpressionException">The text is not of the language; the position is within the text.</exception>
    public static Template Compile(string text)
    {
        var template = new Template(text);
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0) open = text.Length;
            if (open < text.Length && open > at && text[open - 1] == '\\')
            {
                literal.Append(text, at, open - 1 - at).Append("{{");
                at = open + 2;
                continue;
            }

            literal.Append(text, at, open - at);
            at = open;
            if (open < text.Length) template.AddExpression(literal, ref at);
        }

        template.AddLiteral(literal);
        template._only = template._parts is [{ Expression: { } only }] ? only : null;
        return template;
    }

    /// <exception cref="ExpressionException">It cannot be evaluated, a part of a longer text came out undefined, or a limit was reached.</exception>
    /// <returns>The value; undefined is possible only where the text is one expression.</returns>
    public Value Evaluate(ExpressionScope scope) => _only is not null ? _only.Evaluate(scope, allowUndefined: true) : Print(scope, scope.LenientPaths);

    /// <param name="allowUndefined">True: what comes out undefined is so, and prints as nothing. False: it is an error, unless the scope is lenient.</param>
    /// <exception cref="ExpressionException">It cannot be evaluated, came out undefined, or a limit was reached.</exception>
    public Value Evaluate(ExpressionScope scope, bool allowUndefined)
    {
        allowUndefined |= scope.LenientPaths;
        return _only is not null ? _only.Evaluate(scope, allowUndefined) : Print(scope, allowUndefined);
    }

    /// <summary>Evaluates it for people who try it out: also what has no JSON form is described.</summary>
    /// <exception cref="ExpressionException">It cannot be evaluated, or a limit was reached.</exception>
    public ExpressionResult Explain(ExpressionScope scope)
    {
        if (_only is not null) return _only.Explain(scope);
        var text = Print(scope, scope.LenientPaths);
        return new ExpressionResult(text, "string", text);
    }

    private string Print(ExpressionScope scope, bool allowUndefined)
    {
        if (_parts is [{ Expression: null } literal]) return literal.Literal;
        var run = Run.Take(scope);
        try
        {
            var texts = new string[_parts.Count];
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = _parts[i].Expression?.Print(run, allowUndefined) ?? _parts[i].Literal;
                run.Make(texts[i].Length);
            }

            return string.Concat(texts);
        }
        finally
        {
            run.Return();
        }
    }

    private void AddExpression(StringBuilder literal, ref int at)
    {
        AddLiteral(literal);
        var expression = CompiledExpression.Compile(Text, at + 2, out at, out var compiler);
        _references.AddRange(compiler.References);
        _settings.AddRange(compiler.Settings);
        HasDynamicReferences |= compiler.HasDynamicReferences;
        _parts.Add(new Part("", expression));
    }

    private void AddLiteral(StringBuilder literal)
    {
        if (literal.Length > 0) _parts.Add(new Part(literal.ToString(), null));
        literal.Clear();
    }

    private sealed record Part(string Literal, CompiledExpression? Expression);
}
