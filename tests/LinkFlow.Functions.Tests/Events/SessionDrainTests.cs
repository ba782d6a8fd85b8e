using System.Globalization;
using Xunit.Abstractions;
using static LinkFlow.Functions.Tests.Events.BusWorld;

namespace LinkFlow.Functions.Tests.Events;

/// <summary>
/// How long instances take for 10,000 subjects at once, by the rules of sessions: an instance holds so many sessions, takes the messages of each one after the
/// other, and lets an empty one go only after the idle time. The application's own code handles each message; the time is worked out, not measured.
/// </summary>
public sealed class SessionDrainTests(ITestOutputHelper output)
{
    private const int Subjects = 10_000;

    /// <summary>What handling takes where a workflow is started: two reads, two commits and a start.</summary>
    private static readonly TimeSpan Handling = TimeSpan.FromMilliseconds(40);

    private static readonly TimeSpan Accepting = TimeSpan.FromMilliseconds(30);

    [Theory]
    [InlineData(1, 8, 60, 1_900, 1_925)]
    [InlineData(1, 32, 60, 430, 440)]
    [InlineData(1, 8, 1, 75, 95)]
    [InlineData(1, 32, 1, 18, 24)]
    [InlineData(1, 64, 1, 9, 13)]
    [InlineData(4, 32, 1, 4, 7)]
    [InlineData(8, 32, 1, 2, 4.5)]
    public async Task Ten_thousand_subjects_are_drained_in(int instances, int sessionsEach, int idleSeconds, double least, double most)
    {
        var subscriber = new Subscriber("a");
        var world = new BusWorld(subscriber);
        for (var n = 0; n < Subjects; n += 500) await world.PublishAsync([.. Enumerable.Range(n, 500).Select(i => Event($"e{i}", $"s{i}"))]);
        var seconds = await DrainAsync(world, instances * sessionsEach, TimeSpan.FromSeconds(idleSeconds));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{instances} instances × {sessionsEach} sessions, idle {idleSeconds} s: {seconds:0.0} s"));
        Assert.Equal((Subjects, 0), (subscriber.Got.Count, world.Broker.Waiting));
        Assert.InRange(seconds, least, most);
    }

    /// <returns>When the last message was handled, in seconds.</returns>
    private static async Task<double> DrainAsync(BusWorld world, int places, TimeSpan idle)
    {
        var free = new PriorityQueue<int, TimeSpan>(Enumerable.Range(0, places).Select(p => (p, TimeSpan.Zero)));
        var last = TimeSpan.Zero;
        foreach (var session in world.Broker.Sessions)
        {
            free.TryDequeue(out var place, out var now);
            now += Accepting;
            while (world.Broker.Receive(session) is { } lease)
            {
                await world.Consumer.HandleAsync(lease.Message, lease, CancellationToken.None);
                now += Handling;
            }

            if (now > last) last = now;
            free.Enqueue(place, now + idle);
        }

        return last.TotalSeconds;
    }
}
