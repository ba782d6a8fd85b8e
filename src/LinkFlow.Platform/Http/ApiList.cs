using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Http;

/// <summary>A page of a list, newest first; documents the form <see cref="ApiList.Of"/> writes.</summary>
public sealed record ApiList<T>(IReadOnlyList<T> Items, string? NextCursor);

public static class ApiList
{
    /// <param name="nextId">The last id of this page when there may be more; else null.</param>
    public static Answer Of(IEnumerable<ObjectValue> items, string? nextId) => Answer.Ok(new ObjectValue
    {
        { "items", new ArrayValue(items.Select(i => Value.From(i))) },
        { "nextCursor", nextId is null ? Value.Null : Cursor.Encode(nextId) },
    });
}
