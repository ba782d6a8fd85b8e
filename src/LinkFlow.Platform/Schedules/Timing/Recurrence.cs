using NodaTime;

namespace LinkFlow.Platform.Schedules.Timing;

/// <summary>When something is due, over and over: by cron, every so many seconds, or once.</summary>
public abstract record Recurrence
{
    /// <summary>The first due time after an instant.</summary>
    /// <returns>Null: there is none any more.</returns>
    public abstract Instant? Next(Instant after);
}

/// <summary>Every so many seconds from an anchor on, whatever clocks show.</summary>
/// <param name="Anchor">The first due time.</param>
/// <param name="Seconds">1 or more.</param>
public sealed record EveryRecurrence(Instant Anchor, long Seconds) : Recurrence
{
    public override Instant? Next(Instant after)
    {
        if (after < Anchor) return Anchor;
        var step = Duration.FromSeconds(Seconds);
        var passed = (long)Math.Floor((after - Anchor) / step) + 1;
        var next = Anchor + (step * passed);
        return next > after ? next : next + step;
    }
}

/// <summary>One time.</summary>
public sealed record OnceRecurrence(Instant At) : Recurrence
{
    public override Instant? Next(Instant after) => At > after ? At : null;
}
