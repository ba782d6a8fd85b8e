using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Fields;

/// <summary>Which top-level fields of the incoming item go into the outgoing one: <c>include</c> and <c>includeFields</c>.</summary>
internal static class FieldSelection
{
    /// <summary>A changeable object with the fields that were chosen.</summary>
    public static ObjectValue Of(NodeContext context, int item, string include)
    {
        var json = context.Items[item].Json;
        switch (include)
        {
            case "all": return json.Copy();
            case "none": return new ObjectValue();
        }

        var names = context.Words(item, "includeFields");
        var result = new ObjectValue(Math.Max(4, names.Count));
        foreach (var (name, value) in json)
            if (names.Contains(name) == (include == "selected")) result.Set(name, value);
        return result;
    }
}
