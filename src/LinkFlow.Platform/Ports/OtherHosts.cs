namespace LinkFlow.Platform.Ports;

/// <summary>
/// Registered where several hosts change one store at once: how old what one of them keeps in memory may become before it
/// looks again. A host that is alone sees every change at once, keeps things until they change, and registers none.
/// </summary>
/// <param name="UnseenFor">How long a change made by another host may go unseen.</param>
public sealed record OtherHosts(TimeSpan UnseenFor)
{
    public static OtherHosts Default { get; } = new(TimeSpan.FromSeconds(10));

    /// <summary>How old what is in memory must be before a thing that it lacks is looked for in the store.</summary>
    public TimeSpan MissedFor { get; init; } = TimeSpan.FromSeconds(1);
}
