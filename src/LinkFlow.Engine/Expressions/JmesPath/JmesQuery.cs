using System.Collections.Concurrent;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary><c>$jmespath(data, query)</c>: JMESPath by its specification. A query is compiled once and kept.</summary>
internal static class JmesQuery
{
    private const int LongestQuery = 10_000;

    /// <summary>Queries are mostly constants of workflows; beyond so many half of them are forgotten.</summary>
    private const int QueriesKept = 1024;

    private static readonly ConcurrentDictionary<string, JmesNode> Kept = new(StringComparer.Ordinal);

    public static MethodList Functions { get; } = new()
    {
        { "$jmespath(data: any, query: string): any", "What a JMESPath query finds in the data; null when it finds nothing. Texts can be compared with < and > too. A query can be 10,000 characters long and 200 levels deep.", "$jmespath($json, 'tags[?length(@) > `2`]')", Search },
        { "$jmesPath(data: any, query: string): any", "Another spelling of $jmespath.", "$jmesPath([{ a: 1 }, { a: 2 }], '[*].a')", Search },
    };

    private static Value Search(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var (data, query) = (arguments.At(0), arguments.At(1));
        if (query.AsString is not { } text)
            throw run.TypeError($"$jmespath needs the data and a query in text, e.g. $jmespath($json, 'a.b'); the query is {Properties.Describe(query)}.{(data.IsString && !query.IsNullOrUndefined ? " The data comes first." : "")}");
        if (text.Length > LongestQuery) throw run.Limit($"its JMESPath has {text.Length:N0} characters, and {LongestQuery:N0} are allowed");
        return Compiled(run, text).Evaluate(run, JmesNode.Plain(run, data));
    }

    private static JmesNode Compiled(Run run, string query)
    {
        if (Kept.TryGetValue(query, out var kept)) return kept;
        run.Steps(query.Length);
        var compiled = JmesParser.Parse(query);
        if (Kept.Count >= QueriesKept)
            foreach (var old in Kept.Keys.Take(QueriesKept / 2)) Kept.TryRemove(old, out _);
        return Kept.GetOrAdd(query, compiled);
    }
}
