using LinkFlow.Scenarios.Contract;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>Performs what is ready one at a time, in an order that a seed chooses, and moves the clock when nothing is.</summary>
internal sealed class Simulation(TaskHub hub, MovedClock clock, Random random)
{
    /// <summary>More steps than any run of a small workflow needs: beyond it turns in circles.</summary>
    private const int MaxSteps = 20_000;

    /// <summary>What comes from outside, in this order, each at a moment that the seed chooses.</summary>
    public Queue<Func<Task>> Outside { get; } = [];

    public int Steps { get; private set; }

    /// <summary>Until nothing is ready, no timer stands and nothing comes from outside.</summary>
    public async Task RunAsync()
    {
        while (await StepAsync())
        {
            if (++Steps > MaxSteps) throw new TimeoutException($"There is still something to do after {MaxSteps:N0} steps.");
        }
    }

    private async Task<bool> StepAsync()
    {
        var ready = hub.Ready();
        if (Outside.Count > 0 && random.Next(ready.Count + 1) == 0) await Outside.Dequeue()();
        else if (ready.Count > 0) await ready[random.Next(ready.Count)]();
        else if (hub.NextTimer is { } next) clock.Advance(next - clock.GetUtcNow());
        else return false;
        return true;
    }
}
