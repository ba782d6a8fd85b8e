using System.Collections.Immutable;
using System.Text;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Local.Sqlite;
using LinkFlow.Local.Sqlite.Journal;
using LinkFlow.Platform.Executions;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Benchmarks;

/// <summary>
/// Fills a data folder with executions of the past 25 days: finished ones of webhook → set → respond, and ones that
/// wait for the signal <c>approved</c>. They go through the journal's own commits, so what it makes is what a
/// server would have made.
/// </summary>
internal static class StoreSeeder
{
    public const string Tenant = "default";
    private const int CommitsAtOnce = 5_000;
    private const string IdPlace = "@execution@";

    private static readonly string[] Modes = ["webhook", "webhook", "webhook", "api", "schedule", "manual", "event", "subworkflow", "retry", "error"];

    /// <param name="workflowIds">The finished ones are spread over these; the waiting ones are of the first.</param>
    public static async Task SeedAsync(string folder, IReadOnlyList<string> workflowIds, int finished = 1_000_000, int waiting = 10_000)
    {
        using var data = await DataFolder.OpenAsync(folder);
        using var store = SqliteStore.Open(data, new StoreOptions { CheckpointPages = 50_000 }, TimeProvider.System, NullLogger.Instance);
        var random = new Random(4711);
        var templates = new Dictionary<(string, ExecutionStatus), Template>();
        var total = finished + waiting;
        var first = DateTimeOffset.UtcNow.AddDays(-25);
        var step = TimeSpan.FromDays(25) / total;
        var commits = new List<Task>(CommitsAtOnce);
        for (var i = 0; i < total; i++)
        {
            var waits = (long)i * waiting / total != (long)(i + 1) * waiting / total;
            var status = waits ? ExecutionStatus.Waiting : Status(random.Next(100));
            var workflow = waits ? workflowIds[0] : workflowIds[random.Next(workflowIds.Count)];
            if (!templates.TryGetValue((workflow, status), out var template)) templates[(workflow, status)] = template = Template.Of(workflow, status);
            var at = first + (step * i);
            commits.Add(store.Journal.CommitAsync(template.Commit(Guid.CreateVersion7(at).ToString(), at.ToUnixTimeMilliseconds(), Modes[random.Next(Modes.Length)])));
            if (commits.Count < CommitsAtOnce) continue;
            await Task.WhenAll(commits);
            commits.Clear();
        }

        await Task.WhenAll(commits);
    }

    private static ExecutionStatus Status(int percent) => percent switch
    {
        < 90 => ExecutionStatus.Success,
        < 97 => ExecutionStatus.Error,
        < 99 => ExecutionStatus.Cancelled,
        _ => ExecutionStatus.TimedOut,
    };

    /// <summary>The JSON of an execution, cut where its id belongs: a million are made in seconds.</summary>
    private sealed class Template
    {
        private readonly string _workflowId;
        private readonly ExecutionStatus _status;
        private readonly long _lastSeq;
        private readonly byte[][] _segment;
        private readonly byte[][] _row;

        private Template(string workflowId, ExecutionStatus status, IReadOnlyList<ExecutionEvent> events)
        {
            _workflowId = workflowId;
            _status = status;
            _lastSeq = events[^1].Seq;
            _segment = Cut(Json(events));
            _row = Cut(Encoding.UTF8.GetString(ExecutionJson.Write(new Execution
            {
                Id = IdPlace, WorkflowId = workflowId, WorkflowVersion = 1, Status = status, Mode = "webhook", StartNode = "hook",
                StartedAt = events[0].At, FinishedAt = status == ExecutionStatus.Waiting ? null : events[^1].At,
                InputCount = 1, NodesRun = 3, PayloadBytes = 300, Error = (events[^1] as ExecutionFinished)?.Error,
                Output = status == ExecutionStatus.Waiting ? [] : [new DataPart(_lastSeq - 1, "main", 0, 1)],
            }).Span));
        }

        public static Template Of(string workflowId, ExecutionStatus status)
        {
            var items = """[{"json":{"order":1,"customer":"Ada Lovelace","total":12.5},"pairedItem":[{"input":0,"item":0}]}]"""u8.ToArray();
            var payload = new Payload(1, items.Length, items);
            var at = DateTimeOffset.UtcNow.AddDays(-20).ToUnixTimeMilliseconds();
            var error = new ExecutionError("The server answered 500.", "HTTP_STATUS", "set", 1);
            var events = new List<ExecutionEvent>
            {
                new ExecutionStarted
                {
                    ExecutionId = IdPlace, WorkflowId = workflowId, WorkflowVersion = 1, RulesVersion = ExecutionState.CurrentRulesVersion,
                    Seed = new string('0', 32), Mode = "webhook", StartNode = "hook", Input = payload,
                },
                Ran("hook"),
            };
            if (status == ExecutionStatus.Waiting)
            {
                events.Add(new WaitStarted { Node = "approved", Run = 0, Inputs = Input("hook"), Wait = new WaitDirective("signal", null, "approved", null, "error", []) });
            }
            else
            {
                events.Add(status == ExecutionStatus.Error ? new NodeFailed { Node = "set", Run = 0, Attempt = 1, Inputs = Input("hook"), Error = error } : Ran("set"));
                events.Add(Ran("respond"));
                events.Add(new ExecutionFinished { Status = status, Error = status == ExecutionStatus.Error ? error : null });
            }

            return new Template(workflowId, status, [.. events.Select((e, i) => e with { Seq = i + 1, At = at })]);

            NodeCompleted Ran(string node) => new() { Node = node, Run = 0, Attempt = 1, Outputs = [new OutputData("main", payload)], StartedAt = at };
            static ImmutableArray<InputSources> Input(string source) => [new InputSources("main", [new InputSource(source, "main", 0, 1)])];
        }

        public JournalCommit Commit(string id, long at, string mode) => new()
        {
            Tenant = Tenant,
            ExecutionId = id,
            ExpectedLastSeq = 0,
            Row = new ExecutionRow(_workflowId, _status, mode, at, _status == ExecutionStatus.Waiting ? null : at + 20, Fill(_row, id)),
            Segment = new SegmentWrite(1, _lastSeq, Fill(_segment, id)),
        };

        private static string Json(IReadOnlyList<ExecutionEvent> events)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            using (var writer = JsonText.CreateWriter(buffer))
            {
                writer.WriteStartArray();
                foreach (var @event in events) ExecutionEventJson.Write(writer, @event);
                writer.WriteEndArray();
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }

        private static byte[][] Cut(string json) => [.. json.Split(IdPlace).Select(Encoding.UTF8.GetBytes)];

        private static byte[] Fill(byte[][] pieces, string id)
        {
            var filled = new byte[pieces.Sum(p => p.Length) + ((pieces.Length - 1) * id.Length)];
            var at = 0;
            for (var i = 0; i < pieces.Length; i++)
            {
                if (i > 0) at += Encoding.UTF8.GetBytes(id, filled.AsSpan(at));
                pieces[i].CopyTo(filled, at);
                at += pieces[i].Length;
            }

            return filled;
        }
    }
}
