using LinkFlow.Engine.Expressions.Language;

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
    };
}
