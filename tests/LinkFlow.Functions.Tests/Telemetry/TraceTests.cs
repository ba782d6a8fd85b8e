using System.Diagnostics;
using System.Text;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Telemetry;
using LinkFlow.Functions.Tests.Hosting;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Telemetry;

/// <summary>One trace from the call to what it causes.</summary>
public sealed class TraceTests : IDisposable
{
    private const string Before = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly ActivitySource _source = new("LinkFlow.Functions.Tests");
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = s => s.Name is Traces.SourceName or "LinkFlow.Functions.Tests",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public TraceTests() => ActivitySource.AddActivityListener(_listener);

    [Fact]
    public void A_sweep_goes_on_in_the_trace_of_what_it_finds()
    {
        using var sweep = _source.StartActivity("timer");
        using var found = Traces.Continue("schedule execution", Before);

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Activity.Current!.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", Activity.Current.ParentSpanId.ToHexString());
        Assert.Equal(sweep!.TraceId, Assert.Single(found!.Links).Context.TraceId);
    }

    [Fact]
    public void What_is_part_of_the_trace_already_gets_no_span_more()
    {
        using var request = _source.StartActivity("request");

        Assert.Null(Traces.Continue("schedule execution", request!.Id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public void Without_a_trace_nothing_changes(string? traceparent) => Assert.Null(Traces.Continue("schedule execution", traceparent));

    [Fact]
    public void A_span_that_nobody_records_is_no_trace()
    {
        using var unrecorded = new Activity("hosting").Start();

        Assert.Null(Traces.Current);
    }

    [Fact]
    public async Task An_execution_remembers_the_trace_that_it_was_started_in()
    {
        var folder = Directory.CreateTempSubdirectory("linkflow-trace-");
        await using (var host = await FunctionHost.StartAsync(folder.FullName, new Dictionary<string, string> { ["LinkFlow:OwnerApiKey"] = TwoHosts.OwnerKey }))
        {
            using var http = host.Web.CreateClient();
            http.DefaultRequestHeaders.Add("X-API-Key", TwoHosts.OwnerKey);
            using var saved = await http.PostAsync("/api/v1/workflows", new StringContent("""{"name":"w","nodes":[{"id":"start","type":"start","parameters":{}}],"connections":[]}""", Encoding.UTF8, "application/json"));
            var workflow = JsonText.Parse(await saved.Content.ReadAsStringAsync())["id"].AsString!;

            using var call = _source.StartActivity("call");
            await host.Services.GetRequiredService<IExecutionRuntime>().StartAsync(new StartExecution
            {
                Tenant = "default", ExecutionId = "0198aaaa", WorkflowId = workflow, WorkflowVersion = 1, StartNode = "start", Mode = "manual", Input = [Item.Of(new ObjectValue())], IsInactive = true, AnswerWhen = AnswerWhen.Finished,
            });

            var execution = await host.Services.GetRequiredService<IExecutionHistory>().FindAsync("default", "0198aaaa");
            Assert.Equal(call!.Id, execution!.Traceparent);
        }

        folder.Delete(recursive: true);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }
}
