using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Reference;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>
/// Something of the language's library, and what it says of itself. The reference and docs/expressions.md are made
/// from nothing else, so that they cannot tell another story than the code.
/// </summary>
/// <param name="Signature">The name, what goes in and what comes out, in plain notation:
/// <c>at(index: number): string | undefined</c>, <c>length: number</c>, <c>new Set(elements?: any[]): set</c>.</param>
/// <param name="Description">One or two sentences: what it gives, its units and bounds, and what happens with null and wrong types.</param>
/// <param name="Example">An expression without its braces that evaluates in <see cref="SampleScope"/>; its result is computed, never written.</param>
internal abstract record Member(string Signature, string Description, string Example)
{
    /// <summary>The signature's first word.</summary>
    public string Name { get; } = NameIn(Signature);

    private static string NameIn(string signature)
    {
        var start = signature.StartsWith("new ", StringComparison.Ordinal) ? 4 : 0;
        var end = signature.AsSpan(start).IndexOfAny('(', ':');
        return signature[start..(end < 0 ? signature.Length : start + end)];
    }
}

/// <summary>A function: a method of a value, a function in a namespace, or one that is called on nothing.</summary>
internal sealed record Method(string Signature, string Description, string Example, NativeMethod Call) : Member(Signature, Description, Example);

/// <summary>A property of a value, or a constant of a namespace.</summary>
internal sealed record Property(string Signature, string Description, string Example, PropertyReader Read) : Member(Signature, Description, Example);

/// <summary>A name that differs from item to item: <c>$now</c>.</summary>
internal sealed record Variable(string Signature, string Description, string Example, Func<Run, Value> Read) : Member(Signature, Description, Example);

/// <summary>A name that means the same in every expression: <c>Math</c>, <c>NaN</c>.</summary>
internal sealed record Global(string Signature, string Description, string Example, Value Value) : Member(Signature, Description, Example);

/// <summary>A function of the library.</summary>
/// <param name="self">What it is called on; undefined for a plain function.</param>
/// <param name="arguments">Valid only during the call.</param>
internal delegate Value NativeMethod(Run run, Value self, ReadOnlySpan<Value> arguments);

/// <summary>Reads a property; undefined when this one value has none.</summary>
internal delegate Value PropertyReader(Run run, Value self);
