using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Http;

/// <summary>What the operator of an installation does, with the Functions host's own master key, and no user of it can.</summary>
public sealed class MaintenanceFunctions(RecordSweep executions, CurrentDurableClient durable)
{
    /// <summary>Well below the time after which Azure's load balancer gives up.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(150);

    /// <summary>
    /// Schedules unfinished executions whose orchestration is not there: for an installation that goes on in another region. Answers
    /// <c>{"restarted","next"}</c>; while <c>next</c> is not null there are more: it is the query to call this again with.
    /// </summary>
    [Function("restart-executions")]
    public async Task Restart(
        [HttpTrigger(AuthorizationLevel.Admin, "post", Route = "maintenance/restart-executions")] HttpRequest request, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        using var _ = durable.Use(client);
        var from = int.TryParse(request.Query["status"], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0;
        var progress = await executions.RestartAsync(Tenants.Default, new RestartPlace(from, request.Query["from"]), Within, cancellationToken);
        var answer = new ObjectValue(2)
        {
            { "restarted", progress.Restarted },
            { "next", progress.Next is { } next ? string.Create(CultureInfo.InvariantCulture, $"?status={next.Status}&from={next.FromId}") : Value.Null },
        };
        request.HttpContext.Response.ContentType = "application/json";
        await request.HttpContext.Response.Body.WriteAsync(JsonText.WriteBytes(answer), cancellationToken);
    }
}
