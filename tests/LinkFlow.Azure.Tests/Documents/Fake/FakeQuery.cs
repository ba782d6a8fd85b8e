using System.Text.RegularExpressions;
using LinkFlow.Engine.Values;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>The part of Cosmos DB's query language that the store uses; anything else is refused. Each path that is compared or sorted by must be indexed.</summary>
internal sealed partial class FakeQuery
{
    private const string Expiry = "(NOT IS_DEFINED(c.expiresAt) OR c.expiresAt > @now)";

    private readonly List<Func<Value, bool>> _conditions = [];
    private readonly string[] _selected;
    private readonly string _orderBy;

    public FakeQuery(QueryDefinition definition, IReadOnlyList<string> indexedPaths)
    {
        Text = definition.QueryText;
        var values = definition.GetQueryParameters().ToDictionary(p => p.Name, p => p.Value);
        var parts = Whole().Match(Text);
        if (!parts.Success) throw new FormatException($"The fake does not understand: {Text}");
        _selected = [.. parts.Groups["selected"].Value.Split(", ").Select(s => s["c.".Length..])];
        foreach (var condition in parts.Groups["conditions"].Value.Split(" AND ")) _conditions.Add(Condition(condition, values, indexedPaths));
        _orderBy = Indexed(parts.Groups["by"].Value, indexedPaths);
        IsDescending = parts.Groups["order"].Value == "DESC";
    }

    public string Text { get; }
    public bool IsDescending { get; }

    public bool Matches(Value item) => _conditions.TrueForAll(c => c(item));

    public string SortOf(Value item) => PropertyAt(item, _orderBy).AsString ?? throw new FormatException($"An item has no '{_orderBy}' to be sorted by.");

    public ObjectValue Select(Value item)
    {
        var selected = new ObjectValue(_selected.Length);
        foreach (var name in _selected)
            if (item[name] is { IsUndefined: false } value) selected.Set(name, value);
        return selected;
    }

    private static Func<Value, bool> Condition(string text, Dictionary<string, object> values, IReadOnlyList<string> indexedPaths)
    {
        if (text == Expiry)
        {
            var now = Convert.ToDouble(values["@now"], System.Globalization.CultureInfo.InvariantCulture);
            return item => item["expiresAt"].IsUndefined || item["expiresAt"].AsNumber > now;
        }

        var parts = Comparison().Match(text);
        if (!parts.Success) throw new FormatException($"The fake does not understand the condition: {text}");
        var path = Indexed(parts.Groups["path"].Value, indexedPaths);
        var bound = (string)values[parts.Groups["value"].Value];
        // What is undefined compares to nothing.
        return parts.Groups["operator"].Value == ">="
            ? item => PropertyAt(item, path).AsString is { } found && string.CompareOrdinal(found, bound) >= 0
            : item => PropertyAt(item, path).AsString is { } found && string.CompareOrdinal(found, bound) < 0;
    }

    private static string Indexed(string path, IReadOnlyList<string> indexedPaths)
    {
        var asPath = "/" + path["c.".Length..].Replace("[\"", "/", StringComparison.Ordinal).Replace("\"]", "", StringComparison.Ordinal);
        Assert.True(indexedPaths.Any(p => p == asPath + "/?" || (p.EndsWith("/*", StringComparison.Ordinal) && asPath.StartsWith(p[..^1], StringComparison.Ordinal))), $"{asPath} has no index: {string.Join(", ", indexedPaths)}.");
        return asPath;
    }

    private static Value PropertyAt(Value item, string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(item, (value, name) => value[name]);

    [GeneratedRegex("^SELECT (?<selected>c\\.\\w+(, c\\.\\w+)*) FROM c WHERE (?<conditions>.+) ORDER BY (?<by>\\S+) (?<order>ASC|DESC)$")]
    private static partial Regex Whole();

    [GeneratedRegex("^(?<path>c\\.\\w+(\\[\"[\\w-]+\"\\])?) (?<operator>>=|<) (?<value>@\\w+)$")]
    private static partial Regex Comparison();
}
