using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A value that only expressions know: a function, a date, a set. It leaves an expression as its JSON.</summary>
internal abstract class LanguageObject
{
    /// <summary>What it is called in messages and in the answer of an evaluation: <c>date</c>, <c>set</c>.</summary>
    public abstract string TypeName { get; }

    /// <summary>Its methods.</summary>
    public abstract MethodTable Methods { get; }

    /// <summary>A property that is no method; undefined when there is none of that name.</summary>
    public virtual Value Get(Run run, string name) => Methods.Read(run, Value.FromOther(this), name);

    /// <summary>The names of its properties, as <c>Object.keys</c> gives them.</summary>
    public virtual IEnumerable<string> Keys => [];

    /// <summary>As JSON.stringify sees it.</summary>
    public virtual Value ToJson(Run run)
    {
        var json = new ObjectValue();
        foreach (var key in Keys) json.Set(key, Get(run, key));
        return json;
    }

    /// <summary>What arithmetic and comparison use; a string or number.</summary>
    /// <param name="preferNumber">False where a string is wanted rather than a number.</param>
    public virtual Value ToPrimitive(Run run, bool preferNumber) => Value.From(Print(run));

    /// <summary>As <c>String(x)</c> prints it.</summary>
    public virtual string Print(Run run) => "[object Object]";

    /// <summary>Its elements for spread, for…of and Array.from; null when it has none.</summary>
    public virtual IEnumerable<Value>? Elements(Run run) => null;
}
