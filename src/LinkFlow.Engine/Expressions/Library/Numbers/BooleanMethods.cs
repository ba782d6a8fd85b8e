using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Numbers;

/// <summary>Methods of booleans.</summary>
internal static class BooleanMethods
{
    public static MethodList All { get; } = new()
    {
        { "toString(): string", "'true' or 'false'.", "true.toString()",
            (run, self, _) => Coercion.ToString(run, self) },
        { "valueOf(): boolean", "The value itself.", "true.valueOf()",
            (_, self, _) => self },
        { "toBoolean(): boolean", "The value itself.", "true.toBoolean()",
            (_, self, _) => self },
        { "toNumber(): number", "1 for true, 0 for false.", "true.toNumber()",
            (_, self, _) => self.AsBoolean ? 1 : 0 },
        { "toInt(): number", "The same as toNumber.", "false.toInt()",
            (_, self, _) => self.AsBoolean ? 1 : 0 },
        { "toFloat(): number", "The same as toNumber.", "true.toFloat()",
            (_, self, _) => self.AsBoolean ? 1 : 0 },
        { "isEmpty(): boolean", "False: a boolean is there, even false. Only null and undefined are empty.", "false.isEmpty()",
            (_, _, _) => Value.False },
        { "isNotEmpty(): boolean", "True: a boolean is there, even false.", "false.isNotEmpty()",
            (_, _, _) => Value.True },
    };
}
