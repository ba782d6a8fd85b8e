using System.Collections;
using System.Reflection;

namespace LinkFlow.Engine.Tests.Executions;

/// <summary>Compares by public properties, all the way down: records hold arrays and memory, which know only identity.</summary>
internal static class DeepComparison
{
    /// <returns>The path of the first difference, or null.</returns>
    public static string? FirstDifference(object? left, object? right, string path = "")
    {
        if (left is null || right is null) return ReferenceEquals(left, right) ? null : path;
        if (left.GetType() != right.GetType() && left is not IEnumerable) return path + " (type)";
        switch (left)
        {
            case ReadOnlyMemory<byte> bytes: return bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)right).Span) ? null : path;
            case string or ValueType when IsPlain(left.GetType()): return left.Equals(right) ? null : path;
            case IEnumerable sequence: return OfSequences([.. sequence.Cast<object>()], [.. ((IEnumerable)right).Cast<object>()], path);
        }

        return PropertiesOf(left.GetType())
            .Select(p => FirstDifference(p.GetValue(left), p.GetValue(right), $"{path}/{p.Name}"))
            .FirstOrDefault(difference => difference is not null);
    }

    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0);

    private static bool IsPlain(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string);

    private static string? OfSequences(object[] left, object[] right, string path)
    {
        if (left.Length != right.Length) return path + " (length)";
        for (var i = 0; i < left.Length; i++)
            if (FirstDifference(left[i], right[i], $"{path}/{i}") is { } difference) return difference;
        return null;
    }
}
