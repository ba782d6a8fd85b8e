using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Files;

/// <summary>
/// Contents that a deletion may have left without a file. The sweep looks at them a day later: until then a backup that was begun before
/// the deletion finds them. Written with the deletion, so that no crash forgets one.
/// </summary>
public static class FileLeftover
{
    public static readonly DocumentType Type = new("file-leftover");

    /// <summary>Adds a note of these contents to the unit of work that deletes what names them.</summary>
    public static void Note(UnitOfWork work, IEnumerable<string> contents, DateTimeOffset now) =>
        work.Put(Type, Ids.Next(), new ObjectValue(2) { { "at", Rfc3339.Write(now) }, { "contents", new ArrayValue(contents.Select(c => Value.From(c))) } }, expected: 0);

    /// <summary>When the deletion was.</summary>
    public static DateTimeOffset TimeOf(Value body) => StoredFile.Time(body["at"]);

    public static IEnumerable<string> Read(Value body) => body["contents"].AsArray!.Select(c => c.AsString!);
}
