namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>How often (0 to 1) the runtime does what it may do and code forgets. All choices come from one seed.</summary>
internal sealed record RuntimeFaults
{
    public static RuntimeFaults None { get; } = new();

    /// <summary>Everything that the documentation and the known problems name.</summary>
    public static RuntimeFaults All { get; } = new()
    {
        LostEpisodes = 0.05,
        RepeatedActivities = 0.1,
        RepeatedResults = 0.05,
        RepeatedEvents = 0.2,
        EventsLostAtContinueAsNew = 0.3,
        EventsLost = 0.05,
        PartialDelivery = 0.5,
    };

    /// <summary>The worker dies before an episode is stored: it is played again, perhaps with other news.</summary>
    public double LostEpisodes { get; init; }

    /// <summary>The worker dies after an activity has done its work and before its result is stored.</summary>
    public double RepeatedActivities { get; init; }
    public double RepeatedResults { get; init; }
    public double RepeatedEvents { get; init; }
    public double EventsLostAtContinueAsNew { get; init; }

    /// <summary>An event that was raised never comes.</summary>
    public double EventsLost { get; init; }

    /// <summary>An episode takes some of what has arrived, in any order, instead of all of it in order.</summary>
    public double PartialDelivery { get; init; }
}
