using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>
/// Members in the order in which the reference shows them, written as a collection initialiser: signature, description,
/// example and implementation of each stand together.
/// </summary>
internal abstract class MemberList<T> : List<T>
    where T : Member;

/// <inheritdoc/>
internal sealed class MethodList : MemberList<Method>
{
    public void Add(string signature, string description, string example, NativeMethod call) => Add(new Method(signature, description, example, call));
}

/// <inheritdoc/>
internal sealed class PropertyList : MemberList<Property>
{
    public void Add(string signature, string description, string example, PropertyReader read) => Add(new Property(signature, description, example, read));

    /// <summary>A constant.</summary>
    public void Add(string signature, string description, string example, Value value) => Add(new Property(signature, description, example, (_, _) => value));
}

/// <inheritdoc/>
internal sealed class VariableList : MemberList<Variable>
{
    public void Add(string signature, string description, string example, Func<Run, Value> read) => Add(new Variable(signature, description, example, read));
}

/// <inheritdoc/>
internal sealed class GlobalList : MemberList<Global>
{
    public void Add(string signature, string description, string example, Value value) => Add(new Global(signature, description, example, value));
}
