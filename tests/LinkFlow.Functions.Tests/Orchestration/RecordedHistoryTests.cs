using System.Text.Json;
using System.Text.Json.Nodes;
using LinkFlow.Functions.Orchestration;
using LinkFlow.Functions.Tests.Runtime;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Orchestration;

/// <summary>
/// A history that an earlier build wrote is replayed by this one: the same calls in the same order, with the same inputs.
/// The recorded file is never written anew for a change that makes this fail: such a change needs a branch on the
/// orchestration's version. <c>RECORD_HISTORY=1</c> writes a file that is not there yet.
/// </summary>
public sealed class RecordedHistoryTests
{
    [Fact]
    public async Task A_history_of_version_one_replays()
    {
        var path = Path.Combine(Folder(), "version-1.json");
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("RECORD_HISTORY") == "1") await RecordAsync(path);
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        var calls = new Queue<JsonNode>(recorded["calls"]!.AsArray().Select(c => c!));
        await using var world = await DurableWorld.BeginAsync();
        var differences = new List<string>();
        world.Instead = (name, input) =>
        {
            var call = calls.Dequeue();
            if (call["name"]!.GetValue<string>() != name || !JsonNode.DeepEquals(call["input"], JsonNode.Parse(input!))) differences.Add($"{name} {input}\nrecorded: {call["name"]} {call["input"]!.ToJsonString()}");
            return call["result"]?.ToJsonString();
        };

        await world.Client.ScheduleNewOrchestrationInstanceAsync(Orchestrations.Name, recorded["start"]!, new StartOrchestrationOptions(recorded["id"]!.GetValue<string>()));
        await world.Simulation.RunAsync();

        Assert.Empty(differences);
        Assert.Empty(calls);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, world.Hub.Instances.Single().Status);
    }

    private static async Task RecordAsync(string path)
    {
        await using var world = await DurableWorld.BeginAsync();
        world.Save("w", """{"start":{"type":"start"},"l":{"type":"loop","parameters":{"batchSize":2}},"a":{"type":"call","retry":{"maxAttempts":2,"initialDelayMs":1000,"jitter":0}},"b":{"type":"call"},"m":{"type":"merge"},"w":{"type":"wait","parameters":{"for":"duration","seconds":5}}}""", "start > l; l.loop > a > m.input1; l.loop > b > m.input2; m > l; l.done > w");
        world.Answer = (call, _) => call is { Node: "a", Attempt: 1 } ? throw new Engine.Nodes.NodeException("BUSY", "Not now.") : Task.FromResult(Engine.Values.Value.From(call.Item));
        var calls = new JsonArray();
        world.Recorded = (name, input, result) => calls.Add(new JsonObject { ["name"] = name, ["input"] = JsonNode.Parse(input!), ["result"] = JsonNode.Parse(result!) });
        var execution = await world.RunAsync("w", """[{"n":1},{"n":2},{"n":3}]""");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var text = new JsonObject { ["id"] = execution.Id, ["start"] = JsonNode.Parse(world.Hub.Find(execution.Id)!.Input!), ["calls"] = calls };
        await File.WriteAllTextAsync(path, text.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "LinkFlow.sln"))) return Path.Combine(folder.FullName, "tests/LinkFlow.Functions.Tests/Orchestration/Histories");
        throw new DirectoryNotFoundException("The repository's root was not found.");
    }
}
