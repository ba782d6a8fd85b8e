using System.Buffers;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>
/// What earlier attempts of a run settled: items that came out, and failures that no attempt can mend.
/// Stored as the <c>Partial</c> of NodeAttemptFailed: <c>[{"output","owner","item"} | {"owner","error":{"code","message"}}]</c>.
/// </summary>
internal sealed class PartialResult
{
    public List<NodeResult.Emitted> Items { get; } = [];
    public SortedDictionary<int, NodeError> Failures { get; } = [];

    public void Read(Value stored)
    {
        if (stored.AsArray is not { } entries) return;
        foreach (var entry in entries)
        {
            var owner = (int)entry["owner"].AsNumber;
            if (entry["error"].AsObject is { } error) Failures[owner] = new NodeError(error["code"].AsString ?? NodeErrorCodes.NodeFailed, error["message"].AsString ?? "");
            else Items.Add(new NodeResult.Emitted(entry["output"].AsString!, ItemJson.ReadItem(entry["item"], owner), owner));
        }
    }

    /// <returns>Null when there is nothing to keep.</returns>
    public static Payload? Write(IReadOnlyCollection<NodeResult.Emitted> items, IReadOnlyCollection<KeyValuePair<int, NodeError>> failures)
    {
        if (items.Count == 0 && failures.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = JsonText.CreateWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var (output, item, owner) in items)
            {
                writer.WriteStartObject();
                writer.WriteString("output"u8, output);
                writer.WriteNumber("owner"u8, owner);
                writer.WritePropertyName("item"u8);
                ItemJson.Write(writer, item);
                writer.WriteEndObject();
            }

            foreach (var (owner, error) in failures)
            {
                writer.WriteStartObject();
                writer.WriteNumber("owner"u8, owner);
                writer.WriteStartObject("error"u8);
                writer.WriteString("code"u8, error.Code);
                writer.WriteString("message"u8, error.Message);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return new Payload(items.Count + failures.Count, buffer.WrittenCount, buffer.WrittenSpan.ToArray());
    }
}
