using System.Buffers;
using System.Text.Json;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Azure.Documents;

/// <summary>A document as an item of the container. The body is one property: as JSON, or as text where the service would not keep it as it is, or a blob's name.</summary>
/// <param name="Id">The document's, not the item's.</param>
/// <param name="ETag">Our number.</param>
/// <param name="Version">The service's <c>_etag</c>.</param>
/// <param name="Commits">Of whom it is: the last commit that wrote it, and some before.</param>
internal sealed record StoredItem(string Id, long ETag, string Version, DateTimeOffset? ExpiresAt, IReadOnlyList<string> Commits, ItemBody Body)
{
    /// <summary>What a query has to select; the rest is for indexes.</summary>
    public const string Selected = "c.documentId, c.etag, c.expiresAt, c.commits, c.body, c.text, c.blob, c._etag";

    private const int MaxCommits = 4;

    public bool IsThere(DateTimeOffset now) => ExpiresAt is null || ExpiresAt > now;

    /// <exception cref="InvalidDataException">It is no item of ours.</exception>
    public static StoredItem Read(Value item) => new(
        item["documentId"].AsString ?? throw new InvalidDataException("The container holds an item without 'documentId': it is not LinkFlow's. Give LinkFlow a container of its own."),
        (long)item["etag"].AsNumber,
        item["_etag"].AsString ?? "",
        item["expiresAt"] is { IsNumber: true } expires ? DateTimeOffset.FromUnixTimeMilliseconds((long)expires.AsNumber) : null,
        item["commits"].AsArray is { } commits ? [.. commits.Select(c => c.AsString ?? "")] : [],
        ItemBody.Read(item));

    /// <summary>The marks of an item once this commit has written it: enough to find one's own when others were quick to write behind it.</summary>
    public static IReadOnlyList<string> CommitsBehind(string commit, KnownVersion? before) => [commit, .. (before?.Commits ?? []).Where(c => c != commit).Take(MaxCommits - 1)];

    /// <summary>The item's JSON.</summary>
    /// <param name="commit">Who writes it.</param>
    /// <param name="before">What it replaces; null: nothing.</param>
    public static ReadOnlyMemory<byte> Write(string tenant, string aggregate, DocumentWrite write, ItemBody body, long etag, string commit, KnownVersion? before, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + body.Length);
        using (var json = JsonText.CreateWriter(buffer))
        {
            var type = write.Type.Name;
            json.WriteStartObject();
            json.WriteString("id", ItemNames.ItemId(type, write.Id));
            json.WriteString("tenant", tenant);
            json.WriteString("aggregate", aggregate);
            json.WriteString("type", type);
            json.WriteString("documentId", write.Id);
            json.WriteString("sort", ItemNames.Prefix(tenant, type) + write.Id);
            if (write.Fields.Count > 0)
            {
                json.WriteStartObject("fields");
                foreach (var (name, value) in write.Fields) json.WriteString(name, ItemNames.Prefix(tenant, type, value) + write.Id);
                json.WriteEndObject();
            }

            json.WriteNumber("etag", etag);
            WriteExpiry(json, write.ExpiresAt, now);
            json.WriteStartArray("commits");
            foreach (var mark in CommitsBehind(commit, before)) json.WriteStringValue(mark);
            json.WriteEndArray();
            body.Write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>An event that waits to be published, beside the documents that it is about.</summary>
    public static ReadOnlyMemory<byte> WriteEvent(OutboxEvent waiting, ItemBody body)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + body.Length);
        using (var json = JsonText.CreateWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", ItemNames.ItemId(CosmosOutbox.TypeName, waiting.Id));
            json.WriteString("tenant", waiting.Tenant);
            json.WriteString("aggregate", waiting.Aggregate);
            json.WriteString("type", CosmosOutbox.TypeName);
            json.WriteString("documentId", waiting.Id);
            json.WriteString("outbox", waiting.Id);
            if (waiting.Target is not null) json.WriteString("target", waiting.Target);
            body.Write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The service deletes what is <c>ttl</c> seconds old; until it does, <c>expiresAt</c> keeps it from being shown.</summary>
    private static void WriteExpiry(Utf8JsonWriter json, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (expiresAt is not { } at) return;
        json.WriteNumber("expiresAt", at.ToUnixTimeMilliseconds());
        json.WriteNumber("ttl", (int)Math.Clamp(Math.Ceiling((at - now).TotalSeconds), 1, int.MaxValue));
    }
}
