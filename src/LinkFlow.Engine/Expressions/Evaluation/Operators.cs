using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Evaluation;

internal enum BinaryOperator : byte
{
    Add, Subtract, Multiply, Divide, Remainder, Power,
    Less, Greater, LessOrEqual, GreaterOrEqual, Equal, NotEqual, Same, NotSame,
    And, Or, Xor, ShiftLeft, ShiftRight, ShiftRightUnsigned, In, InstanceOf,
}

/// <summary>What the binary operators do.</summary>
internal static class Operators
{
    public static BinaryOperator Parse(string text) => text switch
    {
        "+" => BinaryOperator.Add, "-" => BinaryOperator.Subtract, "*" => BinaryOperator.Multiply, "/" => BinaryOperator.Divide,
        "%" => BinaryOperator.Remainder, "**" => BinaryOperator.Power,
        "<" => BinaryOperator.Less, ">" => BinaryOperator.Greater, "<=" => BinaryOperator.LessOrEqual, ">=" => BinaryOperator.GreaterOrEqual,
        "==" => BinaryOperator.Equal, "!=" => BinaryOperator.NotEqual, "===" => BinaryOperator.Same, "!==" => BinaryOperator.NotSame,
        "&" => BinaryOperator.And, "|" => BinaryOperator.Or, "^" => BinaryOperator.Xor,
        "<<" => BinaryOperator.ShiftLeft, ">>" => BinaryOperator.ShiftRight, ">>>" => BinaryOperator.ShiftRightUnsigned,
        "in" => BinaryOperator.In, _ => BinaryOperator.InstanceOf,
    };

    public static Value Apply(Run run, BinaryOperator op, Value left, Value right) => op switch
    {
        BinaryOperator.Add => Add(run, left, right),
        BinaryOperator.Subtract => Coercion.ToNumber(run, left) - Coercion.ToNumber(run, right),
        BinaryOperator.Multiply => Coercion.ToNumber(run, left) * Coercion.ToNumber(run, right),
        BinaryOperator.Divide => Coercion.ToNumber(run, left) / Coercion.ToNumber(run, right),
        BinaryOperator.Remainder => Coercion.ToNumber(run, left) % Coercion.ToNumber(run, right),
        BinaryOperator.Power => Power(Coercion.ToNumber(run, left), Coercion.ToNumber(run, right)),
        BinaryOperator.Less => Compare(run, left, right) < 0,
        BinaryOperator.Greater => Compare(run, left, right) is > 0 and not Incomparable,
        BinaryOperator.LessOrEqual => Compare(run, left, right) <= 0,
        BinaryOperator.GreaterOrEqual => Compare(run, left, right) is >= 0 and not Incomparable,
        BinaryOperator.Equal => Coercion.LooseEquals(run, left, right),
        BinaryOperator.NotEqual => !Coercion.LooseEquals(run, left, right),
        BinaryOperator.Same => Coercion.StrictEquals(left, right),
        BinaryOperator.NotSame => !Coercion.StrictEquals(left, right),
        BinaryOperator.And => Int32(run, left) & Int32(run, right),
        BinaryOperator.Or => Int32(run, left) | Int32(run, right),
        BinaryOperator.Xor => Int32(run, left) ^ Int32(run, right),
        BinaryOperator.ShiftLeft => Int32(run, left) << (Int32(run, right) & 31),
        BinaryOperator.ShiftRight => Int32(run, left) >> (Int32(run, right) & 31),
        BinaryOperator.ShiftRightUnsigned => Coercion.ToUint32(Coercion.ToNumber(run, left)) >> (Int32(run, right) & 31),
        BinaryOperator.In => In(run, left, right),
        _ => InstanceOf(run, left, right),
    };

    /// <summary>As <see cref="Apply"/>, where both sides are numbers, the commonest case; not for 'in' and 'instanceof'.</summary>
    public static Value OfNumbers(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.Remainder => left % right,
        BinaryOperator.Less => left < right,
        BinaryOperator.Greater => left > right,
        BinaryOperator.LessOrEqual => left <= right,
        BinaryOperator.GreaterOrEqual => left >= right,
        BinaryOperator.Equal or BinaryOperator.Same => left == right,
        BinaryOperator.NotEqual or BinaryOperator.NotSame => left != right,
        _ => Bits(op, left, right),
    };

    private static Value Bits(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Power => Power(left, right),
        BinaryOperator.And => Coercion.ToInt32(left) & Coercion.ToInt32(right),
        BinaryOperator.Or => Coercion.ToInt32(left) | Coercion.ToInt32(right),
        BinaryOperator.Xor => Coercion.ToInt32(left) ^ Coercion.ToInt32(right),
        BinaryOperator.ShiftLeft => Coercion.ToInt32(left) << (Coercion.ToInt32(right) & 31),
        BinaryOperator.ShiftRight => Coercion.ToInt32(left) >> (Coercion.ToInt32(right) & 31),
        _ => Coercion.ToUint32(left) >> (Coercion.ToInt32(right) & 31),
    };

    /// <summary>Not an order: one side is not a number.</summary>
    private const int Incomparable = 2;

    private static int Compare(Run run, Value left, Value right)
    {
        if (!left.IsNumber || !right.IsNumber)
        {
            left = Coercion.ToPrimitive(run, left, preferNumber: true);
            right = Coercion.ToPrimitive(run, right, preferNumber: true);
            if (left.AsString is { } l && right.AsString is { } r)
            {
                Run.Look(Math.Min(l.Length, r.Length));
                return Math.Sign(string.CompareOrdinal(l, r));
            }
        }

        var (a, b) = (Coercion.ToNumber(run, left), Coercion.ToNumber(run, right));
        return a < b ? -1 : a > b ? 1 : a == b ? 0 : Incomparable;
    }

    private static Value Add(Run run, Value left, Value right)
    {
        if (left.IsNumber && right.IsNumber) return left.AsNumber + right.AsNumber;
        left = Coercion.ToPrimitive(run, left, preferNumber: left.AsOther is not DateValue);
        right = Coercion.ToPrimitive(run, right, preferNumber: right.AsOther is not DateValue);
        if (!left.IsString && !right.IsString) return Coercion.ToNumber(run, left) + Coercion.ToNumber(run, right);
        var (l, r) = (Coercion.ToString(run, left), Coercion.ToString(run, right));
        run.Make((double)l.Length + r.Length);
        return Value.From(l + r);
    }

    /// <summary>Math.Pow, but 1 and −1 to an infinite or undefined power are not a number.</summary>
    public static double Power(double x, double y) => double.IsNaN(y) || (double.IsInfinity(y) && Math.Abs(x) == 1) ? double.NaN : Math.Pow(x, y);

    private static int Int32(Run run, Value value) => Coercion.ToInt32(Coercion.ToNumber(run, value));

    private static bool In(Run run, Value name, Value value)
    {
        if (value.Kind < ValueKind.Array) throw run.TypeError($"'in' needs an object on its right, not {Properties.Describe(value)}.");
        return Properties.Has(run, value, Properties.Name(run, name));
    }

    private static bool InstanceOf(Run run, Value value, Value type) =>
        type.AsOther is FunctionValue function ? function.IsInstance(value) : throw run.TypeError("'instanceof' needs a type on its right, such as Date or Array.");
}

/// <summary>Operators of one precedence, from left to right.</summary>
internal sealed class BinaryNode(Node first, (BinaryOperator Operator, Node Operand)[] rest) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = first.Evaluate(frame);
        foreach (var (op, operand) in rest)
        {
            var right = operand.Evaluate(frame);
            if (op < BinaryOperator.In && value.IsNumber && right.IsNumber)
            {
                value = Operators.OfNumbers(op, value.AsNumber, right.AsNumber);
                continue;
            }

            frame.Run.Position = operand.Position;
            value = Operators.Apply(frame.Run, op, value, right);
        }

        return value;
    }
}

internal enum LogicalOperator : byte { And, Or, Coalesce }

internal sealed class LogicalNode(LogicalOperator op, Node[] operands) : Node
{
    public static LogicalOperator Parse(string text) => text switch { "&&" => LogicalOperator.And, "||" => LogicalOperator.Or, _ => LogicalOperator.Coalesce };

    /// <summary>True when the value is the result, and what follows is not evaluated.</summary>
    public static bool Decides(LogicalOperator op, Value value) => op switch
    {
        LogicalOperator.And => !Coercion.ToBoolean(value),
        LogicalOperator.Or => Coercion.ToBoolean(value),
        _ => !value.IsNullOrUndefined,
    };

    public override Value Evaluate(Frame frame)
    {
        var value = operands[0].Evaluate(frame);
        for (var i = 1; i < operands.Length; i++)
        {
            if (Decides(op, value)) return value;
            value = operands[i].Evaluate(frame);
        }

        return value;
    }
}

internal sealed class UnaryNode(string op, Node operand) : Node
{
    public override Value Evaluate(Frame frame)
    {
        var value = operand.Evaluate(frame);
        frame.Run.Position = Position;
        return op switch
        {
            "!" => !Coercion.ToBoolean(value),
            "-" => -Coercion.ToNumber(frame.Run, value),
            "+" => Coercion.ToNumber(frame.Run, value),
            "~" => ~Coercion.ToInt32(Coercion.ToNumber(frame.Run, value)),
            "typeof" => Coercion.TypeOf(value),
            _ => default,
        };
    }
}

internal sealed class ConditionalNode(Node test, Node then, Node otherwise) : Node
{
    public override Value Evaluate(Frame frame) => Coercion.ToBoolean(test.Evaluate(frame)) ? then.Evaluate(frame) : otherwise.Evaluate(frame);
}

/// <summary>Expressions with commas.</summary>
internal sealed class SequenceNode(Node[] expressions) : Node
{
    public override Value Evaluate(Frame frame)
    {
        Value value = default;
        foreach (var expression in expressions) value = expression.Evaluate(frame);
        return value;
    }
}
