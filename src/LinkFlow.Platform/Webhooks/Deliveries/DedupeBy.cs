using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks.Deliveries;

/// <summary>By what a webhook node tells that a call is a repeat: a header, or an expression over its item.</summary>
internal sealed class DedupeBy
{
    private readonly string? _header;
    private readonly Template? _expression;

    private readonly string _timeZone;

    private DedupeBy(string? header, Template? expression, string timeZone) => (_header, _expression, _timeZone) = (header, expression, timeZone);

    /// <param name="timeZone">The workflow's.</param>
    /// <returns>Null: the node does not say.</returns>
    public static DedupeBy? Of(NodeDefinition node, string timeZone)
    {
        var by = node.Parameters["dedupeBy"];
        if (by["header"].AsString is { } header) return new DedupeBy(header, null, timeZone);
        return by["expression"].AsString is { } expression ? new DedupeBy(null, Template.Compile(expression), timeZone) : null;
    }

    /// <returns>Null: the call has no key, and is not told apart.</returns>
    /// <exception cref="ExpressionException">The expression cannot be evaluated over this item.</exception>
    public string? KeyOf(IHeaderDictionary headers, Item item, ExpressionLimits limits, DateTimeOffset now)
    {
        var key = _header is not null ? headers[_header].ToString() : TextOf(_expression!.Evaluate(ScopeOf(item, limits, now)));
        return string.IsNullOrWhiteSpace(key) ? null : key;
    }

    private static string? TextOf(Value value) => value.IsNullOrUndefined ? null : value.AsString ?? value.ToString();

    private ExpressionScope ScopeOf(Item item, ExpressionLimits limits, DateTimeOffset now) => new()
    {
        Items = [item],
        Limits = limits,
        TimeZone = _timeZone,
        Now = now.ToUnixTimeMilliseconds(),
        NextRandom = Random.Shared.NextDouble,
    };
}
