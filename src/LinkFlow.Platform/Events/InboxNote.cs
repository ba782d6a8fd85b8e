using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary>What is known of one delivery: how often it was tried, or that it is over. In the aggregate that all of a tenant's shared documents are in.</summary>
/// <param name="Id">Names subscriber and event; the same for every repeat.</param>
/// <param name="ExpiresAt">When the note may be forgotten; null: its host deletes it.</param>
/// <param name="ETag">Of the document; 0: there is none.</param>
/// <param name="Tries">Failed ones.</param>
public sealed record InboxNote(string Id, DateTimeOffset? ExpiresAt, long ETag, int Tries, bool IsHandled)
{
    public static readonly DocumentType Type = new("event-inbox");

    private static readonly Value Done = new ObjectValue { { "handled", true } };

    /// <summary>Of an event that was never seen.</summary>
    public static InboxNote New(string id, DateTimeOffset? expiresAt = null) => new(id, expiresAt, 0, 0, false);

    public static InboxNote From(string id, DateTimeOffset? expiresAt, Document? document) => document is null
        ? New(id, expiresAt)
        : new InboxNote(id, expiresAt, document.ETag, (int)document.Body["tries"].AsNumber, document.Body["handled"].AsBoolean);

    /// <summary>Adds to a unit of work that the event is handled: it fails if someone else was faster.</summary>
    public UnitOfWork Handled(UnitOfWork work) => work.Put(Type, Id, Done, expected: ETag, expiresAt: ExpiresAt);

    /// <summary>Adds to a unit of work that one more try has failed.</summary>
    /// <returns>The note once that is committed.</returns>
    public InboxNote Counted(UnitOfWork work)
    {
        work.Put(Type, Id, new ObjectValue { { "tries", Tries + 1 } }, expected: ETag, expiresAt: ExpiresAt);
        return this with { ETag = ETag + 1, Tries = Tries + 1 };
    }
}
