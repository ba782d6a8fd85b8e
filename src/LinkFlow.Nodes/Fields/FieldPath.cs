using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Fields;

/// <summary>Fields of an item by name or by dotted path (<c>customer.name</c>). Data that is shared is copied, level by level, before it is changed.</summary>
internal static class FieldPath
{
    /// <summary>The deepest path that can be written.</summary>
    public const int MaxLevels = 50;

    /// <summary>The value, or undefined. A number in the path is a place in an array.</summary>
    public static Value Get(ObjectValue root, string path)
    {
        if (root.TryGet(path, out var whole)) return whole;
        Value at = root;
        foreach (var name in path.Split('.'))
        {
            at = at.AsArray is { } array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? index < array.Count ? array[index] : Value.Undefined
                : at[name];
            if (at.IsUndefined) return at;
        }

        return at;
    }

    /// <summary>Sets a value; objects that are missing on the way are made.</summary>
    /// <param name="root">Changeable, and the caller's own.</param>
    /// <exception cref="Engine.Nodes.NodeException">The path leads through a value that is no object.</exception>
    public static void Set(ObjectValue root, string path, Value value)
    {
        if (!path.Contains('.', StringComparison.Ordinal)) root.Set(path, value);
        else Set(root, path.Split('.'), 0, value, path);
    }

    /// <summary>Removes a field, if it is there.</summary>
    /// <param name="root">Changeable, and the caller's own.</param>
    public static void Remove(ObjectValue root, string path)
    {
        if (root.Remove(path)) return;
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || root[path[..dot]].AsObject is not { } inner) return;
        var copy = inner.Copy();
        Remove(copy, path[(dot + 1)..]);
        root.Set(path[..dot], copy);
    }

    /// <summary>The last name of a path.</summary>
    public static string LastName(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static void Set(ObjectValue root, string[] names, int level, Value value, string path)
    {
        if (names.Length > MaxLevels) throw DataErrors.Mismatch($"The path '{path[..40]}…' has {names.Length} levels; at most {MaxLevels} are allowed.");
        var name = names[level];
        if (level == names.Length - 1)
        {
            root.Set(name, value);
            return;
        }

        var inner = root[name];
        if (!inner.IsUndefined && !inner.IsObject)
            throw DataErrors.Mismatch($"'{path}' cannot be set: '{string.Join('.', names[..(level + 1)])}' is {ParameterReading.Describe(inner)}, not an object.");
        var copy = inner.AsObject?.Copy() ?? new ObjectValue();
        Set(copy, names, level + 1, value, path);
        root.Set(name, copy);
    }
}
