using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

/// <param name="early">The variables that can be read before their declaration has run; null: none.</param>
internal sealed class BlockStatement(Statement[] statements, int[]? early) : Statement
{
    public override Completion Execute(Frame frame)
    {
        Uninitialised.Mark(frame, early);
        foreach (var statement in statements)
            if (statement.Execute(frame) is var completion and not Completion.Normal) return completion;
        return Completion.Normal;
    }
}

/// <summary>A declaration; without a value its variable becomes undefined.</summary>
internal sealed class DeclareStatement(Target target, Node? value) : Statement
{
    public override Completion Execute(Frame frame)
    {
        target.Assign(frame, value?.Evaluate(frame) ?? default);
        return Completion.Normal;
    }
}

internal sealed class ExpressionStatement(Node expression) : Statement
{
    public override Completion Execute(Frame frame)
    {
        expression.Evaluate(frame);
        return Completion.Normal;
    }
}

internal sealed class IfStatement(Node test, Statement then, Statement? otherwise) : Statement
{
    public override Completion Execute(Frame frame) =>
        Coercion.ToBoolean(test.Evaluate(frame)) ? then.Execute(frame) : otherwise?.Execute(frame) ?? Completion.Normal;
}

internal sealed class ReturnStatement(Node? value) : Statement
{
    public override Completion Execute(Frame frame)
    {
        frame.Run.Returned = value?.Evaluate(frame) ?? default;
        return Completion.Return;
    }
}

internal sealed class LeaveStatement(Completion completion, string? label) : Statement
{
    public override Completion Execute(Frame frame)
    {
        frame.Run.Label = label;
        return completion;
    }
}

/// <summary>What a <c>break label</c> within it leaves.</summary>
internal sealed class LabelledStatement(string label, Statement body) : Statement
{
    public override Completion Execute(Frame frame)
    {
        var completion = body.Execute(frame);
        if (completion != Completion.Break || frame.Run.Label != label) return completion;
        frame.Run.Label = null;
        return Completion.Normal;
    }
}

internal sealed class ThrowStatement(Node value) : Statement
{
    public override Completion Execute(Frame frame)
    {
        var thrown = value.Evaluate(frame);
        var text = Coercion.ToString(frame.Run, thrown);
        throw new ExpressionException(ExpressionErrorCodes.Thrown, text, Position) { Thrown = thrown };
    }
}

/// <summary>A statement that <c>break</c> and <c>continue</c> are about.</summary>
internal abstract class LoopingStatement(string[] labels) : Statement
{
    /// <summary>Whether a round that was left early was the last one, and how the loop ends then.</summary>
    protected bool Ends(Frame frame, ref Completion completion)
    {
        if (completion == Completion.Return) return true;
        var run = frame.Run;
        var isMine = run.Label is null || Array.IndexOf(labels, run.Label) >= 0;
        if (!isMine) return true;
        run.Label = null;
        if (completion == Completion.Continue) return false;
        completion = Completion.Normal;
        return true;
    }
}

/// <summary><c>while</c>, <c>do … while</c> and <c>for (;;)</c>.</summary>
/// <param name="next">Evaluated after each round.</param>
/// <param name="roundVariables">The variables of a round's own frame, copied from round to round; −1: rounds share the function's.</param>
/// <param name="labels">The loop's own.</param>
internal sealed class LoopStatement(Statement? start, Node? test, Node? next, Statement body, bool testFirst, int roundVariables, string[] labels) : LoopingStatement(labels)
{
    public override Completion Execute(Frame frame)
    {
        if (roundVariables >= 0) frame = new Frame(frame.Run, frame, roundVariables);
        start?.Execute(frame);
        for (var first = true; !(testFirst || !first) || test is null || Coercion.ToBoolean(test.Evaluate(frame)); first = false)
        {
            frame.Run.Step();
            var completion = body.Execute(frame);
            if (completion != Completion.Normal && Ends(frame, ref completion)) return completion;
            frame = NextRound(frame);
            next?.Evaluate(frame);
        }

        return Completion.Normal;
    }

    private Frame NextRound(Frame frame)
    {
        if (roundVariables < 0) return frame;
        var round = new Frame(frame.Run, frame.Parent, roundVariables);
        frame.Variables.CopyTo(round.Variables, 0);
        return round;
    }
}

/// <summary><c>for…of</c> and <c>for…in</c>.</summary>
internal sealed class ForEachStatement(Target target, Node source, bool overKeys, Statement body, int roundVariables, string[] labels) : LoopingStatement(labels)
{
    public override Completion Execute(Frame frame)
    {
        var over = source.Evaluate(frame);
        var elements = overKeys ? Properties.Keys(over).Select(Value.From) : Properties.Elements(frame.Run, over, Position);
        foreach (var element in elements)
        {
            frame.Run.Step();
            var round = roundVariables < 0 ? frame : new Frame(frame.Run, frame, roundVariables);
            target.Assign(round, element);
            var completion = body.Execute(round);
            if (completion != Completion.Normal && Ends(frame, ref completion)) return completion;
        }

        return Completion.Normal;
    }
}

internal sealed class TryStatement(Statement block, Target? error, Statement? handler, Statement? last) : Statement
{
    public override Completion Execute(Frame frame)
    {
        var run = frame.Run;
        var depth = run.Depth;
        Completion completion;
        try
        {
            completion = block.Execute(frame);
        }
        catch (ExpressionException e) when (e.Code != ExpressionErrorCodes.Limit)
        {
            run.Recover(depth);
            if (handler is null)
            {
                if (last!.Execute(frame) is var instead and not Completion.Normal) return instead;
                throw;
            }

            try
            {
                error?.Assign(frame, e.Code == ExpressionErrorCodes.Thrown || !e.Thrown.IsUndefined ? e.Thrown : Value.FromOther(ErrorValue.Of(e)));
                completion = handler.Execute(frame);
            }
            catch (ExpressionException inner) when (inner.Code != ExpressionErrorCodes.Limit && last is not null)
            {
                run.Recover(depth);
                if (last.Execute(frame) is var instead and not Completion.Normal) return instead;
                throw;
            }
        }

        if (last is null) return completion;
        var (returned, label) = (run.Returned, run.Label);
        if (last.Execute(frame) is var final and not Completion.Normal) return final;
        (run.Returned, run.Label) = (returned, label);
        return completion;
    }
}

/// <summary>Runs from the first case that is strictly equal, else from the default, until a break.</summary>
internal sealed class SwitchStatement(Node value, (Node? Test, Statement[] Statements)[] cases, int[]? early) : Statement
{
    public override Completion Execute(Frame frame)
    {
        var wanted = value.Evaluate(frame);
        Uninitialised.Mark(frame, early);
        var start = Array.FindIndex(cases, c => c.Test is not null && Coercion.StrictEquals(wanted, c.Test.Evaluate(frame)));
        if (start < 0) start = Array.FindIndex(cases, c => c.Test is null);
        if (start < 0) return Completion.Normal;
        foreach (var statement in cases.Skip(start).SelectMany(c => c.Statements))
        {
            var completion = statement.Execute(frame);
            if (completion == Completion.Break && frame.Run.Label is null) return Completion.Normal;
            if (completion != Completion.Normal) return completion;
        }

        return Completion.Normal;
    }
}
