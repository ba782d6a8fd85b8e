using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Conditions;

/// <summary>Two values to be compared, and how.</summary>
/// <param name="ConvertTypes">Where the types differ, convert instead of failing.</param>
/// <param name="TimeZone">For times without an offset.</param>
internal readonly record struct Comparison(Value Left, Value Right, bool IgnoreCase, bool ConvertTypes, string TimeZone)
{
    public StringComparison Case => IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
}

/// <summary>The two values cannot be compared in this way; the message says why and what would help.</summary>
internal sealed class ComparisonException(string message) : Exception(message);
