using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Executions;

/// <summary>What a caller asks of a new execution.</summary>
/// <param name="Mode">manual or api.</param>
public sealed record ExecuteCommand(IReadOnlyList<Item> Input, string Mode, string? StartNodeId, bool Wait, TimeSpan Patience);

/// <param name="From">failed, start, or a node's id.</param>
public sealed record RetryCommand(string From, bool UseLatestWorkflow);

/// <summary>Reads the bodies of <c>/executions</c> and <c>/workflows/{id}/execute</c>.</summary>
public static class ExecutionRequests
{
    public const int DefaultWaitSeconds = 30;
    private const string Manual = "manual";
    private static readonly string[] StartModes = [Manual, "api"];

    public static IReadOnlyList<string> Modes { get; } = ["manual", "api", "webhook", "schedule", "event", "retry", "subworkflow", "error"];
    public static IReadOnlyList<string> Statuses { get; } = [.. Enum.GetValues<ExecutionStatus>().Select(s => s.Word())];

    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static ExecuteCommand ReadExecute(ObjectValue body, LimitsOptions limits)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["input", "mode", "startNodeId", "wait", "timeoutSeconds"]);
        var input = ReadInput(body["input"], problems);
        var mode = fields.OneOf("mode", StartModes) ?? Manual;
        var startNode = fields.Text("startNodeId", 128, minLength: 1);
        var wait = fields.Boolean("wait") ?? false;
        var seconds = fields.Integer("timeoutSeconds", 1, limits.ExecuteWaitSeconds) ?? Math.Min(DefaultWaitSeconds, limits.ExecuteWaitSeconds);
        problems.ThrowIfAny();
        return new ExecuteCommand(input, mode, startNode, wait, TimeSpan.FromSeconds(seconds));
    }

    public static RetryCommand ReadRetry(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["from", "useLatestWorkflow"]);
        var command = new RetryCommand(fields.Text("from", 128, minLength: 1) ?? Fork.FromFailed, fields.Boolean("useLatestWorkflow") ?? false);
        problems.ThrowIfAny();
        return command;
    }

    /// <summary>The optional <c>{"compensate": bool}</c>.</summary>
    public static bool ReadCompensate(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["compensate"]);
        var compensate = fields.Boolean("compensate") ?? false;
        problems.ThrowIfAny();
        return compensate;
    }

    /// <summary>An object is one item, a list one each, nothing is one empty item.</summary>
    private static IReadOnlyList<Item> ReadInput(Value input, Problems problems)
    {
        if (input.IsNullOrUndefined) return [Item.Of(new ObjectValue())];
        if (input.AsObject is { } one) return ReadItem(one, 0, "/input", problems) is { } only ? [only] : [];
        if (input.AsArray is not { } many)
        {
            problems.Add("/input", $"'input' is {BodyFields.Describe(input)}; an object or a list of objects is expected.");
            return [];
        }

        var items = new List<Item>(many.Count);
        for (var i = 0; i < many.Count; i++)
        {
            if (many[i].AsObject is { } json)
            {
                if (ReadItem(json, i, $"/input/{i}", problems) is { } item) items.Add(item);
            }
            else problems.Add($"/input/{i}", $"An entry of 'input' is {BodyFields.Describe(many[i])}; an object is expected.");
        }

        return items;
    }

    /// <summary>An object is an item's json, unless it has the form of an item with files: <c>{"json":{…},"binary":{…}}</c>.</summary>
    private static Item? ReadItem(ObjectValue value, int index, string pointer, Problems problems)
    {
        if (!value["binary"].IsObject || !value["json"].IsObject || !value.All(p => p.Key is "json" or "binary" or "pairedItem")) return Item.Of(value);
        var file = value["binary"].AsObject!.FirstOrDefault(f => !f.Value["fileId"].IsString);
        if (file.Key is not null) problems.Add($"{pointer}/binary/{BodyFields.Escape(file.Key)}", "A file is named by its id: {\"fileId\":\"…\"}.");
        else return new Item(value["json"].AsObject!, value["binary"].AsObject!.ToDictionary(f => f.Key, f => new BinaryReference(f.Value["fileId"].AsString!, "", null, 0), StringComparer.Ordinal));
        return null;
    }
}
