using LinkFlow.Engine.Values;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Credentials.Reminders;

/// <summary>Something about a credential that somebody should hear of once.</summary>
internal abstract record Reminder
{
    /// <summary>The event that tells of it.</summary>
    public abstract CataloguedEvent Event { get; }

    /// <summary>What it is about, so that it is told once: it changes with the secret's version and the threshold.</summary>
    public abstract string Key { get; }

    /// <summary>What the event says besides the credential.</summary>
    public abstract void Describe(ObjectValue data);
}

/// <summary>The secrets have not been changed for as long as they should be used.</summary>
/// <param name="RotatedAt">When they were last set.</param>
internal sealed record RotationDue(DateTimeOffset RotatedAt, int AfterDays) : Reminder
{
    public override CataloguedEvent Event => EventCatalogue.CredentialRotationDue;
    public override string Key => $"rotation_due@{RotatedAt.ToUnixTimeMilliseconds()}";

    public override void Describe(ObjectValue data) => data
        .Set("rotatedAt", Rfc3339.Write(RotatedAt)).Set("rotateAfterDays", AfterDays).Set("dueAt", Rfc3339.Write(RotatedAt.AddDays(AfterDays)));
}

/// <summary>The credential expires within some days.</summary>
internal sealed record Expiring(DateTimeOffset RotatedAt, DateTimeOffset ExpiresAt, int WithinDays) : Reminder
{
    public override CataloguedEvent Event => EventCatalogue.CredentialExpiring;
    public override string Key => $"expiring:{WithinDays}@{RotatedAt.ToUnixTimeMilliseconds()}/{ExpiresAt.ToUnixTimeMilliseconds()}";

    public override void Describe(ObjectValue data) => data.Set("expiresAt", Rfc3339.Write(ExpiresAt)).Set("withinDays", WithinDays);
}

/// <summary>The credential has expired: nodes that use it fail.</summary>
internal sealed record Expired(DateTimeOffset RotatedAt, DateTimeOffset ExpiresAt) : Reminder
{
    public override CataloguedEvent Event => EventCatalogue.CredentialExpired;
    public override string Key => $"expired@{RotatedAt.ToUnixTimeMilliseconds()}/{ExpiresAt.ToUnixTimeMilliseconds()}";

    public override void Describe(ObjectValue data) => data.Set("expiresAt", Rfc3339.Write(ExpiresAt));
}
