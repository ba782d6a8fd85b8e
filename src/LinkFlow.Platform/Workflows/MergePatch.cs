using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Workflows;

/// <summary>JSON merge patch, RFC 7396: null removes, objects merge, everything else replaces.</summary>
public static class MergePatch
{
    public static Value Apply(Value target, Value patch)
    {
        if (patch.AsObject is not { } changes) return patch;
        var result = target.AsObject?.Copy() ?? new ObjectValue();
        foreach (var (name, value) in changes)
        {
            if (value.IsNull) result.Remove(name);
            else result.Set(name, Apply(result[name], value));
        }

        return result;
    }
}
