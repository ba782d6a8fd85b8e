using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Expressions;

/// <summary>What a caller wants to try out.</summary>
/// <param name="Items">The input, where no execution is named.</param>
/// <param name="ExecutionId">Null: without an execution.</param>
/// <param name="NodeId">Id or name; set when <paramref name="ExecutionId"/> is.</param>
public sealed record EvaluationRequest(string Expression, IReadOnlyList<Item> Items, int ItemIndex, string? ExecutionId, string? NodeId, int Run)
{
    private const int MaxExpressionLength = 100_000;
    private const int MaxItems = 10_000;

    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static EvaluationRequest Read(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["expression", "item", "items", "itemIndex", "executionId", "nodeId", "run"]);
        if (!fields.Has("expression")) problems.Add("/expression", "'expression' is missing; a string is needed, e.g. \"{{ $json.a + 1 }}\".");
        var expression = fields.Text("expression", MaxExpressionLength) ?? "";
        var (executionId, nodeId) = (fields.Text("executionId", 128, minLength: 1), fields.Text("nodeId", 128, minLength: 1));
        if (executionId is not null && !fields.Has("nodeId")) problems.Add("/nodeId", "'nodeId' is missing; with 'executionId' it says which node's variables are meant.");
        if (nodeId is not null && !fields.Has("executionId")) problems.Add("/executionId", "'executionId' is missing; a node has variables only in an execution.");
        if (fields.Has("executionId")) RejectItems(fields);
        else if (fields.Has("run")) problems.Add("/run", "'run' counts the runs of a node in an execution; give 'executionId' and 'nodeId' too.");
        var items = fields.Has("executionId") ? [] : ReadItems(fields);
        var request = new EvaluationRequest(expression, items, fields.Integer("itemIndex", 0, int.MaxValue) ?? 0, executionId, nodeId, fields.Integer("run", 0, int.MaxValue) ?? 0);
        if (executionId is null && request.ItemIndex > Math.Max(0, items.Count - 1) && !problems.Any)
            problems.Add("/itemIndex", $"'itemIndex' is {request.ItemIndex}; there are {items.Count} items, counted from 0.");
        problems.ThrowIfAny();
        return request;
    }

    private static void RejectItems(BodyFields fields)
    {
        foreach (var name in new[] { "item", "items" })
            if (fields.Has(name)) fields.Problems.Add(fields.At(name), $"'{name}' and 'executionId' exclude each other: the node's run has items of its own.");
    }

    private static List<Item> ReadItems(BodyFields fields)
    {
        var items = new List<Item>();
        if (fields.Has("item") && fields.Has("items")) fields.Problems.Add("/items", "'item' and 'items' exclude each other; give one of them.");
        else if (fields.Has("item")) ReadItem(fields.Raw("item"), "/item", items, fields.Problems);
        else if (fields.Raw("items").AsArray is { Count: <= MaxItems } list)
            for (var i = 0; i < list.Count; i++) ReadItem(list[i], $"/items/{i}", items, fields.Problems);
        else if (fields.Raw("items").AsArray is { } tooMany) fields.Problems.Add("/items", $"'items' has {tooMany.Count} entries; at most {MaxItems} are allowed.");
        else if (fields.Has("items")) fields.Problems.Add("/items", $"'items' is {BodyFields.Describe(fields.Raw("items"))}; a list of items is expected.");
        return items;
    }

    private static void ReadItem(Value value, string pointer, List<Item> items, Problems problems)
    {
        if (value.AsObject is null) problems.Add(pointer, $"An item is {BodyFields.Describe(value)}; an object like {{\"json\":{{…}}}} is expected.");
        else if (!value["json"].IsObject) problems.Add($"{pointer}/json", $"An item's 'json' is {BodyFields.Describe(value["json"])}; an object is expected.");
        else
        {
            try
            {
                items.Add(ItemJson.ReadItem(value, items.Count));
            }
            catch (FormatException e)
            {
                problems.Add(pointer, e.Message);
            }
        }
    }
}
