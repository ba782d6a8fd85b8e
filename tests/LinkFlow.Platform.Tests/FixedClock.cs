namespace LinkFlow.Platform.Tests;

/// <summary>A clock that stands until it is moved.</summary>
public sealed class FixedClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => _now;
    public override long GetTimestamp() => _now.UtcTicks;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public void Advance(TimeSpan time) => _now += time;
}
