using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <summary><c>$('name')</c> with a literal name.</summary>
internal sealed class NodeLookupNode(string name) : Node
{
    public override Value Evaluate(Frame frame)
    {
        frame.Run.Position = Position;
        return NodeObject.Find(frame.Run, name, Position);
    }
}
