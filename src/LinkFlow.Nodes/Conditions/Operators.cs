using System.Text.RegularExpressions;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Conditions;

/// <summary>What each operator of a condition means. Pure.</summary>
internal static class Operators
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Words =
    [
        "equals", "notEquals", "gt", "gte", "lt", "lte", "contains", "notContains", "startsWith", "endsWith", "matches", "exists", "notExists",
        "isEmpty", "isNotEmpty", "isTrue", "isFalse", "before", "after", "in", "notIn",
    ];

    public static bool NeedsRight(string word) => word is not ("exists" or "notExists" or "isEmpty" or "isNotEmpty" or "isTrue" or "isFalse");

    /// <exception cref="ComparisonException">The values cannot be compared in this way, or there is no such operator.</exception>
    public static bool Apply(string word, in Comparison c) => word switch
    {
        "equals" => AreEqual(word, c),
        "notEquals" => !AreEqual(word, c),
        "gt" => Order(word, c) is > 0,
        "gte" => Order(word, c) is >= 0,
        "lt" => Order(word, c) is < 0,
        "lte" => Order(word, c) is <= 0,
        "contains" => Contains(word, c),
        "notContains" => !Contains(word, c),
        "startsWith" => Strings(word, c) is var (text, start) && text.StartsWith(start, c.Case),
        "endsWith" => Strings(word, c) is var (text, end) && text.EndsWith(end, c.Case),
        "matches" => Strings(word, c) is var (text, pattern) && Matches(text, pattern, c.IgnoreCase),
        "exists" => !c.Left.IsNullOrUndefined,
        "notExists" => c.Left.IsNullOrUndefined,
        "isEmpty" => IsEmpty(c.Left),
        "isNotEmpty" => !IsEmpty(c.Left),
        "isTrue" => Truth(word, c) is true,
        "isFalse" => Truth(word, c) is false,
        "before" => Times(word, c) is var (left, right) && left < right,
        "after" => Times(word, c) is var (left, right) && left > right,
        "in" => IsIn(word, c),
        "notIn" => !IsIn(word, c),
        _ => throw new ComparisonException($"There is no operator '{word}'.{DidYouMean.Suggestion(word, Words)}"),
    };

    private static bool AreEqual(string word, in Comparison c)
    {
        var (left, right) = (c.Left, c.Right);
        if (left.IsNullOrUndefined || right.IsNullOrUndefined) return left.IsNullOrUndefined && right.IsNullOrUndefined;
        if (left.Kind != right.Kind)
        {
            if (!c.ConvertTypes) throw Mismatch(word, c);
            var kind = CommonKind(left, right);
            if (Convert(left, kind) is not { } l || Convert(right, kind) is not { } r) return false;
            (left, right) = (l, r);
        }

        return left.AsString is { } text ? string.Equals(text, right.AsString, c.Case) : left == right;
    }

    /// <summary>Null when a side is missing: then no order holds.</summary>
    private static int? Order(string word, in Comparison c)
    {
        var (left, right) = (c.Left, c.Right);
        if (left.IsNullOrUndefined || right.IsNullOrUndefined) return null;
        if (left.Kind != right.Kind)
        {
            if (!c.ConvertTypes) throw Mismatch(word, c);
            var kind = CommonKind(left, right);
            if (Convert(left, kind) is not { } l || Convert(right, kind) is not { } r)
                throw new ComparisonException($"'{word}' cannot compare {ParameterReading.Describe(left)} with {ParameterReading.Describe(right)}, converted or not.");
            (left, right) = (l, r);
        }

        if (left.IsNumber) return double.IsNaN(left.AsNumber) || double.IsNaN(right.AsNumber) ? null : left.AsNumber.CompareTo(right.AsNumber);
        if (left.AsString is { } text) return string.Compare(text, right.AsString, c.Case);
        throw new ComparisonException($"'{word}' compares two numbers or two strings, but its left value is {ParameterReading.Describe(left)}.");
    }

    private static bool Contains(string word, in Comparison c)
    {
        if (c.Left.IsNullOrUndefined) return false;
        if (c.Left.AsArray is { } array) return Has(array, c.Right, c);
        return Strings(word, c) is var (text, part) && text.Contains(part, c.Case);
    }

    private static bool IsIn(string word, in Comparison c)
    {
        if (c.Right.AsArray is { } list) return Has(list, c.Left, c);
        if (c.ConvertTypes && c.Right.AsString is { } text)
            return Has(new ArrayValue(text.Split(',', StringSplitOptions.TrimEntries).Select(Value.From)), c.Left, c);
        throw new ComparisonException($"'{word}' needs a list on its right, but that is {ParameterReading.Describe(c.Right)}.");
    }

    /// <summary>Elements of another type are simply not equal; with convertTypes they are converted.</summary>
    private static bool Has(ArrayValue list, Value value, in Comparison c)
    {
        foreach (var element in list)
        {
            if (element.AsString is { } text && value.AsString is { } other ? string.Equals(text, other, c.Case) : element == value) return true;
            if (c.ConvertTypes && element.Kind != value.Kind && Convert(value, element.Kind) is { } converted && converted == element) return true;
        }

        return false;
    }

    /// <summary>Both as strings; null when a side is missing.</summary>
    private static (string Left, string Right)? Strings(string word, in Comparison c)
    {
        if (c.Left.IsNullOrUndefined || c.Right.IsNullOrUndefined) return null;
        if (c.Left.AsString is { } left && c.Right.AsString is { } right) return (left, right);
        if (c.ConvertTypes && Convert(c.Left, ValueKind.String)?.AsString is { } l && Convert(c.Right, ValueKind.String)?.AsString is { } r) return (l, r);
        throw Mismatch(word, c);
    }

    private static bool Matches(string text, string pattern, bool ignoreCase)
    {
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return PatternSearch.First(new Regex(pattern, options | RegexOptions.NonBacktracking, RegexLimit), text) is not null;
        }
        catch (NotSupportedException)
        {
            return MatchesBacktracking(text, pattern, options);
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow(pattern);
        }
        catch (ArgumentException e)
        {
            throw new ComparisonException($"'{pattern}' is no regular expression: {e.Message}");
        }
    }

    /// <summary>For what the linear engine does not have: look-around and back references.</summary>
    private static bool MatchesBacktracking(string text, string pattern, RegexOptions options)
    {
        try
        {
            return Regex.IsMatch(text, pattern, options, RegexLimit);
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow(pattern);
        }
    }

    private static ComparisonException TooSlow(string pattern) =>
        new($"The regular expression '{pattern}' took longer than {RegexLimit.TotalMilliseconds} ms.");

    private static bool IsEmpty(Value value) =>
        value.IsNullOrUndefined || value.AsString is "" || value.AsArray is { Count: 0 } || value.AsObject is { Count: 0 };

    private static bool? Truth(string word, in Comparison c)
    {
        if (c.Left.IsNullOrUndefined) return null;
        if (c.Left.IsBoolean) return c.Left.AsBoolean;
        if (c.ConvertTypes && Convert(c.Left, ValueKind.Boolean) is { } converted) return converted.AsBoolean;
        throw new ComparisonException($"'{word}' needs a boolean, but its left value is {ParameterReading.Describe(c.Left)}. Compare it with something, or set \"convertTypes\": true.");
    }

    private static (long Left, long Right)? Times(string word, in Comparison c)
    {
        if (c.Left.IsNullOrUndefined || c.Right.IsNullOrUndefined) return null;
        return (Time(word, c.Left, c), Time(word, c.Right, c));
    }

    private static long Time(string word, Value value, in Comparison c)
    {
        if (value.IsNumber && !c.ConvertTypes)
            throw new ComparisonException($"'{word}' compares times, but {ParameterReading.Describe(value)} is none. Set \"convertTypes\": true to take it as Unix milliseconds.");
        return Fields.Times.Read(value, c.TimeZone) ?? throw new ComparisonException($"'{word}' compares times, but {ParameterReading.Describe(value)} is none. Write it as 2027-01-31T08:00:00Z.");
    }

    /// <summary>The type that two different ones are compared in: as numbers where one is a number, then as booleans.</summary>
    private static ValueKind CommonKind(Value left, Value right) =>
        left.IsNumber || right.IsNumber ? ValueKind.Number : left.IsBoolean || right.IsBoolean ? ValueKind.Boolean : right.Kind;

    /// <summary>The value as another type, or null when it has no such form.</summary>
    private static Value? Convert(Value value, ValueKind kind) => kind switch
    {
        _ when value.Kind == kind => value,
        ValueKind.String when value.IsNumber || value.IsBoolean || value.IsString => Conversions.Text(value),
        ValueKind.Number when value.IsBoolean || value.IsString => Conversions.Number(value),
        ValueKind.Boolean when value.IsNumber || value.IsString => Conversions.Boolean(value),
        _ => default(Value?),
    };

    private static ComparisonException Mismatch(string word, in Comparison c) => new(
        $"'{word}' cannot compare {ParameterReading.Describe(c.Left)} with {ParameterReading.Describe(c.Right)}: {ParameterReading.TypeOf(c.Left)} is not {ParameterReading.TypeOf(c.Right)}. Convert one of them, or set \"convertTypes\": true.");
}
