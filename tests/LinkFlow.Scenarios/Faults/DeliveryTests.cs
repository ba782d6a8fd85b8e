using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Scenarios.Faults;

/// <summary>Webhooks that tell repeats, by what is signed or by a chosen key, through kill -9: senders repeat until they are answered, and each delivery starts one execution.</summary>
public sealed class DeliveryTests
{
    private const int Kills = 6;
    private const string Secret = "delivery-secret-0123456789";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delivery_starts_one_execution_however_often_it_is_sent_and_the_server_killed(bool isSigned)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20261122);
        var answers = new ConcurrentDictionary<string, ConcurrentBag<string>>();
        var server = await ServerProcess.StartAsync(folder.Path);
        var workflow = await CreateAsync(server, isSigned);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 6).Select(n => LoadAsync(server, $"{kill}-{n / 2}", answers, stop.Token)).ToArray();
            await Task.Delay(random.Next(150, 400));
            server.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            server = await ServerProcess.StartAsync(folder.Path);
        }

        await using (server)
        {
            // Each sender repeats what it has sent, answered or not, as senders do that believe an answer lost.
            foreach (var (delivery, seen) in answers) seen.Add(await SendAsync(server, delivery, default) ?? throw new InvalidOperationException($"{delivery} was not taken."));
            Assert.True(answers.Count > Kills * 3, $"Only {answers.Count} deliveries were sent: the load is too low to show anything.");
            Assert.All(answers, a => Assert.Single(a.Value.Distinct()));
            Assert.Equal(answers.Count, answers.Values.Select(a => a.First()).Distinct().Count());
            Assert.Equal(answers.Count, await CountAsync(server, workflow));
        }
    }

    /// <summary>Two senders share a name, so that each delivery is sent twice at about the same time.</summary>
    private static async Task LoadAsync(ServerProcess server, string name, ConcurrentDictionary<string, ConcurrentBag<string>> answers, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var delivery = $"{name}-{n}";
            var seen = answers.GetOrAdd(delivery, _ => []);
            try
            {
                if (await SendAsync(server, delivery, stop) is { } execution) seen.Add(execution);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // The server was killed within this call: it was not answered.
            }
        }
    }

    private static async Task<string?> SendAsync(ServerProcess server, string delivery, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"delivery":"{{delivery}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/webhooks/deliveries", UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body)));
        request.Headers.Add("X-GitHub-Delivery", delivery);
        using var answer = await server.Http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK ? JsonText.Parse(text)["executionId"].AsString : null;
    }

    private static async Task<string> CreateAsync(ServerProcess server, bool isSigned)
    {
        var credential = (await server.SendAsync(HttpMethod.Post, "/api/v1/credentials", $$$"""{"name":"c","type":"hmac","data":{"secret":"{{{Secret}}}"}}"""))["id"].AsString;
        var repeats = isSigned ? $$$""" "auth":"hmac","scheme":"github"},"credentials":{"auth":"{{{credential}}}"} """ : """ "dedupeBy":{"expression":"{{ $json.body.delivery }}"}} """;
        var id = (await server.SendAsync(HttpMethod.Post, "/api/v1/workflows", $$$"""
            {"name":"Deliveries","nodes":[{"id":"hook","type":"webhook","parameters":{"path":"deliveries",{{{repeats}}}},
             {"id":"end","type":"no_op"}],"connections":[{"source":"hook","target":"end"}]}
            """))["id"].AsString!;
        await server.SendAsync(HttpMethod.Post, $"/api/v1/workflows/{id}/activate");
        return id;
    }

    private static async Task<int> CountAsync(ServerProcess server, string workflow)
    {
        var (count, cursor) = (0, "");
        do
        {
            var page = await server.SendAsync(HttpMethod.Get, $"/api/v1/executions?workflowId={workflow}&limit=200{cursor}");
            count += page["items"].AsArray!.Count;
            cursor = page["nextCursor"].AsString is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        }
        while (cursor.Length > 0);
        return count;
    }
}
