using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Turns references into the items that they stand for. Reads only; safe for concurrent use if <paramref name="findEvent"/> is.</summary>
/// <param name="findEvent">The recorded event with a sequence number; null: there is none.</param>
public sealed class ItemReader(string tenant, Func<long, CancellationToken, ValueTask<ExecutionEvent?>> findEvent, IBlobStore blobs, ItemCache cache)
{
    private static readonly IReadOnlyList<Item> OneEmptyItem = [new Item(Frozen(new ObjectValue(0)))];

    /// <exception cref="DataMissingException">saveData or retention has removed the data.</exception>
    /// <exception cref="HistoryUnreadableException">The history does not hold what it refers to.</exception>
    public ValueTask<IReadOnlyList<Item>> ReadAsync(IReadOnlyList<DataPart> parts, CancellationToken cancellationToken) => parts.Count switch
    {
        0 => new([]),
        1 => ReadPartAsync(parts[0], cancellationToken),
        _ => JoinAsync(parts, cancellationToken),
    };

    /// <summary>The partial results of an earlier attempt.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async ValueTask<Value> ReadPartialAsync(long seq, CancellationToken cancellationToken) =>
        await findEvent(seq, cancellationToken) is NodeAttemptFailed { Partial: { } partial }
            ? await ReadJsonAsync(partial, seq, cancellationToken)
            : Value.Undefined;

    /// <summary>The answer in a <c>respond</c> node's event.</summary>
    /// <param name="payload">The response's payload, where it is at hand.</param>
    /// <inheritdoc cref="ReadAsync"/>
    public async ValueTask<Value> ReadResponseAsync(long seq, Payload? payload, CancellationToken cancellationToken)
    {
        var response = payload ?? (await findEvent(seq, cancellationToken) as NodeCompleted)?.Response
            ?? throw new HistoryUnreadableException($"Event {seq} should hold a response and does not.");
        return (await ReadJsonAsync(response, seq, cancellationToken)).AsArray is [var answer, ..] ? answer : Value.Undefined;
    }

    private async ValueTask<IReadOnlyList<Item>> JoinAsync(IReadOnlyList<DataPart> parts, CancellationToken cancellationToken)
    {
        var items = new List<Item>(parts.Sum(p => p.Count));
        foreach (var part in parts) items.AddRange(await ReadPartAsync(part, cancellationToken));
        return items;
    }

    private async ValueTask<IReadOnlyList<Item>> ReadPartAsync(DataPart part, CancellationToken cancellationToken)
    {
        if (part.Count == 0) return [];
        if (part.Seq == 0) return OneEmptyItem;
        var all = cache.Find(part.Seq, part.Output) ?? await ReadOutputAsync(part, cancellationToken);
        if (part.Offset == 0 && part.Count == all.Count) return all;
        if (part.Offset + part.Count > all.Count)
            throw new HistoryUnreadableException($"Items {part.Offset} to {part.Offset + part.Count - 1} of output '{part.Output}' of event {part.Seq} are referred to; it has {all.Count}.");
        var slice = new Item[part.Count];
        for (var i = 0; i < slice.Length; i++) slice[i] = all[part.Offset + i];
        return slice;
    }

    private async ValueTask<IReadOnlyList<Item>> ReadOutputAsync(DataPart part, CancellationToken cancellationToken)
    {
        var found = await findEvent(part.Seq, cancellationToken)
            ?? throw new HistoryUnreadableException($"Event {part.Seq} is referred to and not in the history.");
        if (found is ReferencesStored stored)
        {
            var expanded = await ReadAsync(stored.Parts, cancellationToken);
            cache.Keep(part.Seq, part.Output, expanded, expanded.Count * 256L);
            return expanded;
        }

        var payload = EventPayloads.Find(found, part.Output)
            ?? throw new HistoryUnreadableException($"Event {part.Seq} has no output '{part.Output}', which is referred to.");
        var items = payload.Items ?? await ReadItemsAsync(payload, part.Seq, cancellationToken);
        cache.Keep(part.Seq, part.Output, items, payload.Bytes);
        return items;
    }

    private async ValueTask<IReadOnlyList<Item>> ReadItemsAsync(Payload payload, long seq, CancellationToken cancellationToken)
    {
        if (payload.Count == 0) return [];
        try
        {
            return ItemJson.Read(await ReadBytesAsync(payload, seq, cancellationToken));
        }
        catch (FormatException e)
        {
            throw new HistoryUnreadableException($"The items of event {seq} cannot be read: {e.Message}", e);
        }
    }

    private async ValueTask<Value> ReadJsonAsync(Payload payload, long seq, CancellationToken cancellationToken)
    {
        try
        {
            return JsonText.ParseStored((await ReadBytesAsync(payload, seq, cancellationToken)).Span);
        }
        catch (JsonTextException e)
        {
            throw new HistoryUnreadableException($"The data of event {seq} cannot be read: {e.Message}", e);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(Payload payload, long seq, CancellationToken cancellationToken)
    {
        if (payload.Blob is { } blob)
            return await ReadBlobAsync(blob, cancellationToken)
                ?? throw new HistoryUnreadableException($"The data of event {seq} should be in the blob '{blob}', and there is none of that name.");
        if (payload.Inline.IsEmpty) throw new DataMissingException($"The data of event {seq} was not kept: the workflow's saveData or the retention has removed it.");
        return payload.Inline;
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadBlobAsync(string blob, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.GetAsync(tenant, blob, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The blob '{blob}' cannot be read now: {e.Message}", TimeSpan.FromSeconds(2), e);
        }
    }

    private static ObjectValue Frozen(ObjectValue value)
    {
        value.Freeze();
        return value;
    }
}
