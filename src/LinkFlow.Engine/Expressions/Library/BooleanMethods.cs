using LinkFlow.Engine.Expressions.Language;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>Methods of booleans.</summary>
internal static class BooleanMethods
{
    public static IReadOnlyDictionary<string, NativeMethod> All { get; } = new Dictionary<string, NativeMethod>
    {
        ["toString"] = (run, self, _) => Coercion.ToString(run, self),
        ["valueOf"] = (_, self, _) => self,
    };
}
