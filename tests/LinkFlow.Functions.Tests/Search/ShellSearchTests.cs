using System.Collections.Concurrent;
using LinkFlow.Functions.Tests.Runtime;
using LinkFlow.Platform;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>
/// The Durable shell against the journal shell: the same random workflow, run once by the journal undisturbed, and many times on Durable under
/// schedules of deliveries, crashes and repetitions that a seed draws. A failing run is repeated by its two numbers.
/// </summary>
public sealed class ShellSearchTests
{
    private const int Workflows = 500;
    private const int SchedulesOfEach = 20;

    [Fact]
    public async Task Under_any_schedule_the_result_is_the_journal_shells()
    {
        await using var journal = await JournalShell.BeginAsync();
        var failures = new ConcurrentQueue<string>();
        var kills = 0;
        await Parallel.ForEachAsync(Enumerable.Range(1, Workflows), async (number, _) =>
        {
            if (failures.Count >= 5) return;
            var drawn = RandomWorkflow.Of(number);
            var expected = await journal.RunAsync(drawn, $"w{number}");
            var shell = new SearchedShell(drawn, $"w{number}");
            for (var schedule = 0; schedule < SchedulesOfEach; schedule++)
            {
                var (difference, died) = await DifferenceAsync(shell, drawn, expected, schedule, (number * 1_000) + schedule);
                Interlocked.Add(ref kills, died);
                if (difference is null) continue;
                failures.Enqueue($"Workflow {number}, schedule {schedule}: {difference}\n{drawn}");
                return;
            }
        });

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.InRange(kills, Workflows, int.MaxValue);
    }

    /// <summary>The first schedule is without faults, the next are without kills; half of them pause the execution and resume it.</summary>
    private static async Task<(string? Difference, int Kills)> DifferenceAsync(SearchedShell shell, RandomWorkflow drawn, ShellResult expected, int schedule, int seed)
    {
        var (faults, kills) = schedule switch { 0 => (RuntimeFaults.None, 0), < SchedulesOfEach / 2 => (RuntimeFaults.All, 0), _ => (RuntimeFaults.All, 3) };
        IEnumerable<ExecutionCommand> commands = schedule % 2 == 0 ? drawn.Commands : [new PauseCommand(), .. drawn.Commands, new ResumeCommand()];
        await using var world = shell.World(faults, kills, seed);
        var executionId = Ids.Next();
        try
        {
            await world.RunAsync(shell.Start(executionId), commands);
            if (world.Hub.Violations is { Count: > 0 } violations) return (string.Join('\n', violations), 0);
            var result = await ShellResult.OfAsync(world.History, DurableWorld.Tenant, executionId);
            if (result != expected) return ($"\n  durable {result}\n  journal {expected}", 0);
            return (world.Kills == 0 ? shell.MadeTwice() : null, world.Kills);
        }
        catch (Exception e)
        {
            return (e.ToString(), 0);
        }
        finally
        {
            shell.Forget();
        }
    }
}
