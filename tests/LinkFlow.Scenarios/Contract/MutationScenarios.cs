using System.Net.Http.Headers;
using System.Text;

namespace LinkFlow.Scenarios.Contract;

/// <summary>Whatever is sent, the answer is the caller's fault or a success: never a 5xx.</summary>
public sealed class MutationScenarios(TestServer server) : IClassFixture<TestServer>
{
    private const int Bodies = 100_000;

    private const string Workflow = """
        {"name":"Mutant","description":"d","tags":["a"],"metadata":{"k":1},"nodes":[
          {"id":"hook","type":"webhook","name":"Hook","typeVersion":1,"parameters":{"path":"mutant/:id","method":["POST","PUT"],"responseMode":"lastNode"},"position":[1,2]},
          {"id":"set","type":"set_variable","parameters":{"fields":{"a.b":"{{ $json.body.x + 1 }}"},"include":"selected","includeFields":["body"]},"retry":{"maxAttempts":2,"initialDelayMs":1,"maxDelayMs":5,"jitter":0.5},"onError":"continue","timeoutSeconds":5},
          {"id":"loop","type":"loop","parameters":{"batchSize":1}},{"id":"body","type":"no_op","disabled":true},
          {"id":"sw","type":"switch","parameters":{"value":"{{ $json.a }}","cases":{"x":"one"},"fallback":"two"}}],
         "connections":[{"source":"hook","target":"set"},{"source":"set","target":"loop"},{"source":"loop","sourceOutput":"loop","target":"body"},{"source":"body","target":"loop"},
          {"source":"loop","sourceOutput":"done","target":"sw","targetInput":"main"}],
         "settings":{"timeoutSeconds":60,"maxParallelNodes":2,"mode":"durable","timezone":"Europe/Berlin","saveData":"all"},"pinData":{"set":[{"json":{"a":1}}]}}
        """;

    [Fact]
    public async Task None_of_100_000_mutated_bodies_gives_a_5xx()
    {
        var targets = await TargetsAsync();
        var lanes = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(lane => RunLaneAsync(lane, Environment.ProcessorCount * 2, targets));

        var answers = (await Task.WhenAll(lanes)).SelectMany(a => a).ToList();

        Assert.Equal(Bodies, answers.Sum(a => a.Count));
        Assert.Empty(answers.Where(a => a.Status >= 500).Select(a => $"{a.Status} from {a.Example}"));
        // Both sides are met, or the mutations prove nothing.
        Assert.Contains(answers, a => a.Status is 200 or 201);
        Assert.Contains(answers, a => a.Status == 400);
    }

    private async Task<List<(int Status, int Count, string Example)>> RunLaneAsync(int lane, int lanes, IReadOnlyList<(string Method, string Path, string Body)> targets)
    {
        var mutations = new MutatedBodies(seed: 4711 + lane);
        var seen = new Dictionary<int, (int Count, string Example)>();
        for (var i = lane; i < Bodies; i += lanes)
        {
            var (method, path, body) = targets[i / lanes % targets.Count];
            var bytes = mutations.Next(body);
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await server.Http.SendAsync(request);
            var status = (int)answer.StatusCode;
            var (count, example) = seen.GetValueOrDefault(status, (0, ""));
            seen[status] = (count + 1, count > 0 ? example : $"{method} {path}: {Encoding.UTF8.GetString(bytes)} → {await answer.Content.ReadAsStringAsync()}");
        }

        return [.. seen.Select(s => (s.Key, s.Value.Count, s.Value.Example))];
    }

    /// <summary>Validation bears most of the load, for it has the most ways to go wrong; starting bears the least, for each start is a commit.</summary>
    private async Task<IReadOnlyList<(string Method, string Path, string Body)>> TargetsAsync()
    {
        var draft = (await server.SendAsync("POST", "/api/v1/workflows", Workflow)).Body["id"].AsString!;
        var run = (await server.SendAsync("POST", "/api/v1/workflows", """{"name":"r","nodes":[{"id":"start","type":"start"}]}""")).Body["id"].AsString!;
        var execution = (await server.SendAsync("POST", $"/api/v1/workflows/{run}/execute", """{"wait":true}""")).Body["id"].AsString!;
        var targets = new List<(string Method, string Path, string Body)>();
        targets.AddRange(Enumerable.Repeat(("POST", "/api/v1/workflows/validate", Workflow), 40));
        targets.AddRange(Enumerable.Repeat(("PATCH", $"/api/v1/workflows/{draft}", Workflow), 2));
        targets.Add(("PUT", $"/api/v1/workflows/{draft}", Workflow));
        targets.Add(("POST", "/api/v1/workflows", Workflow));
        targets.Add(("POST", $"/api/v1/workflows/{draft}/activate", """{"version":1}"""));
        targets.Add(("POST", $"/api/v1/workflows/{run}/execute", """{"input":[{"a":1}],"mode":"manual","startNodeId":"start","wait":true,"timeoutSeconds":2}"""));
        targets.AddRange(Enumerable.Repeat(("POST", "/api/v1/api-keys", """{"name":"k","scopes":["workflow:read"],"ipAllowList":["10.0.0.0/8"],"expiresAt":"2999-01-01T00:00:00Z"}"""), 2));
        targets.AddRange(Enumerable.Repeat(("POST", $"/api/v1/executions/{execution}/retry", """{"from":"start","useLatestWorkflow":true}"""), 2));
        targets.AddRange(Enumerable.Repeat(("POST", $"/api/v1/executions/{execution}/cancel", """{"compensate":true}"""), 3));
        targets.AddRange(Enumerable.Repeat(("POST", $"/api/v1/executions/{execution}/signals/go", """{"a":[1,{"b":null}]}"""), 3));
        targets.Add(("POST", $"/api/v1/workflows/{draft}/duplicate", """{"name":"copy"}"""));
        return targets;
    }
}
