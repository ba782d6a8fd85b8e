namespace LinkFlow.Engine.Expressions;

/// <summary>A node that an expression names with a literal: <c>$('x')</c>, <c>$node["x"]</c>.</summary>
/// <param name="Name">The node's id or name as written.</param>
/// <param name="Position">Characters from the start of the parameter's text.</param>
public sealed record NodeReference(string Name, int Position, NodeUse Use);

/// <summary>What an expression asks of a node that it names, as far as its text tells: only that is loaded before it runs.</summary>
[Flags]
public enum NodeUse
{
    /// <summary>Whether it was executed, its name and parameters: no data.</summary>
    None = 0,

    /// <summary>Its items: <c>first()</c>, <c>last()</c>, <c>all()</c>.</summary>
    Items = 1,

    /// <summary>The item that the current one came from: <c>.item</c>.</summary>
    Item = 2,

    /// <summary>The item that any of the input came from: <c>itemMatching(i)</c>.</summary>
    AnyItem = 4,

    /// <summary>It goes where it cannot be followed: a variable, an argument, a computed member.</summary>
    Any = Items | Item | AnyItem,
}

internal static class NodeUses
{
    /// <param name="member">The member of <c>$('x')</c> that is used.</param>
    public static NodeUse Of(string member) => member switch
    {
        "first" or "last" or "all" => NodeUse.Items,
        "item" or "json" or "binary" => NodeUse.Item,
        "itemMatching" or "pairedItem" => NodeUse.Item | NodeUse.AnyItem,
        "params" or "parameter" or "isExecuted" or "name" => NodeUse.None,
        _ => NodeUse.Any,
    };
}
