namespace LinkFlow.Nodes.Tests;

/// <summary>A clock that stands still until it is moved. Its timers are those of the real one.</summary>
public sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
