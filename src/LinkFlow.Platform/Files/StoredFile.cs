using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Files;

/// <summary>
/// A file's document: what it is called and where its bytes are. One that an execution made goes with that execution, unless someone keeps it.
/// </summary>
public sealed record StoredFile
{
    /// <summary>The owner of what is kept until someone deletes it.</summary>
    public const string Library = "library";

    public static readonly DocumentType Type = new("file", "owner", "bound", "executionId", "content");

    /// <summary>The field that only files have which go with an execution, so that looking for them passes over all others.</summary>
    internal static readonly KeyValuePair<string, string> Bound = new("bound", "run");

    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string MimeType { get; init; }

    /// <summary>Where its bytes are; not shown.</summary>
    public required FileContent Content { get; init; }

    /// <summary>Of the content, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The execution that made it; null: a user uploaded it.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>The executions that it lives with, the newest last; empty: it is kept until someone deletes it.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When this version came.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string? CreatedBy { get; init; }

    /// <summary>True: it does not go with an execution.</summary>
    public bool IsKept => Runs.Count == 0;

    /// <summary>As items carry it.</summary>
    public BinaryReference ToReference() => new(Id, MimeType, Name, Content.Size);

    /// <summary>Puts it as it is now into a unit of work.</summary>
    /// <param name="expected">Its ETag; 0: it is new.</param>
    public void Put(UnitOfWork work, long expected)
    {
        var fields = new Dictionary<string, string>(4) { ["owner"] = IsKept ? Library : ExecutionId!, ["content"] = Content.Name };
        if (!IsKept) fields.Add(Bound.Key, Bound.Value);
        if (ExecutionId is not null) fields["executionId"] = ExecutionId;
        work.Put(Type, Id, ToDocument(), fields, expected);
    }

    public static StoredFile FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        MimeType = body["mimeType"].AsString!,
        Content = new FileContent(body["content"].AsString!, (long)body["size"].AsNumber, body["sha256"].AsString!),
        Version = (int)body["version"].AsNumber,
        ExecutionId = body["executionId"].AsString,
        Runs = body["runs"].AsArray is { } runs ? [.. runs.Select(r => r.AsString!)] : [],
        CreatedAt = Time(body["createdAt"]),
        UpdatedAt = Time(body["updatedAt"]),
        CreatedBy = body["createdBy"].AsString,
    };

    /// <summary>As clients see it.</summary>
    public ObjectValue Show() => new(12)
    {
        { "id", Id }, { "name", Name }, { "mimeType", MimeType }, { "size", Content.Size }, { "sha256", Content.Sha256 }, { "version", Version }, { "kept", IsKept },
        { "executionId", ExecutionId }, { "createdAt", Rfc3339.Write(CreatedAt) }, { "updatedAt", Rfc3339.Write(UpdatedAt) }, { "createdBy", CreatedBy },
    };

    private ObjectValue ToDocument()
    {
        var document = new ObjectValue(12)
        {
            { "id", Id }, { "name", Name }, { "mimeType", MimeType }, { "size", Content.Size }, { "sha256", Content.Sha256 }, { "content", Content.Name }, { "version", Version },
            { "createdAt", Rfc3339.Write(CreatedAt) }, { "updatedAt", Rfc3339.Write(UpdatedAt) }, { "createdBy", CreatedBy }, { "executionId", ExecutionId },
        };
        if (!IsKept) document.Add("runs", new ArrayValue(Runs.Select(r => Value.From(r))));
        return document;
    }

    internal static DateTimeOffset Time(Value text) =>
        Rfc3339.TryParse(text.AsString ?? "", out var time) ? time : throw new FormatException($"A stored file has the time '{text}'.");
}
