using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Files;

/// <summary>What a file was: a content, with the name and type that it had. The newest version is in the file's own document.</summary>
public sealed record FileVersion(string FileId, int Version, string Name, string MimeType, FileContent Content, DateTimeOffset At)
{
    /// <summary>Documents of superseded versions; their ids sort by version.</summary>
    public static readonly DocumentType Type = new("file-version", "content");

    public static string IdOf(string fileId, int version) => string.Create(CultureInfo.InvariantCulture, $"{fileId}/{version:D8}");

    public static FileVersion Of(StoredFile file) => new(file.Id, file.Version, file.Name, file.MimeType, file.Content, file.UpdatedAt);

    public void Put(UnitOfWork work) => work.Put(
        Type, IdOf(FileId, Version),
        new ObjectValue(8)
        {
            { "fileId", FileId }, { "version", Version }, { "name", Name }, { "mimeType", MimeType }, { "size", Content.Size }, { "sha256", Content.Sha256 },
            { "content", Content.Name }, { "at", Rfc3339.Write(At) },
        },
        new Dictionary<string, string> { ["content"] = Content.Name }, expected: 0);

    public static FileVersion FromDocument(Value body) => new(
        body["fileId"].AsString!, (int)body["version"].AsNumber, body["name"].AsString!, body["mimeType"].AsString!,
        new FileContent(body["content"].AsString!, (long)body["size"].AsNumber, body["sha256"].AsString!), StoredFile.Time(body["at"]));

    /// <summary>As clients see it.</summary>
    public ObjectValue Show() => new(6)
    {
        { "version", Version }, { "name", Name }, { "mimeType", MimeType }, { "size", Content.Size }, { "sha256", Content.Sha256 }, { "createdAt", Rfc3339.Write(At) },
    };
}
