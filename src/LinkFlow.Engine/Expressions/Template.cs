using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions;

/// <summary>
/// A parameter's text with its <c>{{ expressions }}</c>, compiled once. A text that is one expression keeps the
/// value's type; else the parts are printed into a string. <c>\{{</c> is a literal.
/// </summary>
public sealed class Template
{
    private Template(string text) => Text = text;

    public string Text { get; }

    /// <summary>True when the text holds an expression at all.</summary>
    public static bool IsTemplate(string text) => text.Contains("{{", StringComparison.Ordinal);

    /// <summary>The nodes that it names with a literal: <c>$('x')</c>, <c>$node["x"]</c>.</summary>
    public IReadOnlyList<NodeReference> References { get; private init; } = [];

    /// <summary>True when it names a node by a value that is only known when it runs.</summary>
    public bool HasDynamicReferences { get; private init; }

    /// <exception cref="ExpressionException">The text is not of the language; the position is within the text.</exception>
    public static Template Compile(string text) => throw new NotImplementedException(text);

    /// <exception cref="ExpressionException">It cannot be evaluated, or a limit was reached.</exception>
    /// <returns>The value; undefined is possible only where the text is one expression.</returns>
    public Value Evaluate(ExpressionScope scope) => throw new NotImplementedException(Text + scope);
}

/// <param name="Name">The node's id or name as written.</param>
/// <param name="Position">Characters from the start of the parameter's text.</param>
/// <param name="ItemLinked">True when <c>.item</c> (or the like) is used, which needs the chain of pairings.</param>
public sealed record NodeReference(string Name, int Position, bool ItemLinked);
