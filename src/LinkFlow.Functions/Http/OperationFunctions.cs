using LinkFlow.Engine.Values;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Records;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Http;

/// <summary>For whoever runs the installation.</summary>
public sealed class OperationFunctions(Authentication authentication, RecordSweep executions, CurrentDurableClient durable)
{
    /// <summary>
    /// Schedules every unfinished execution whose orchestration is missing, as all are in a region that takes over. May be
    /// called again until it answers 0, and while users work. Needs the permission <c>*</c>.
    /// </summary>
    [Function("restart-executions")]
    public async Task Restart(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/restart-executions")] HttpRequest request,
        [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        var context = request.HttpContext;
        RequestId.Assign(context);
        try
        {
            var principal = await authentication.RequireAsync(context);
            if (!principal.May(Permissions.Everything)) throw ApiException.Forbidden(Permissions.Everything);
            using var _ = durable.Use(client);
            var restarted = await executions.RestartAllAsync(Tenants.Default, cancellationToken);
            await JsonAnswer.WriteAsync(context, 200, new ObjectValue(1) { { "restarted", restarted } });
        }
        catch (ApiException e)
        {
            await e.Error.WriteAsync(context);
        }
        catch (StoreUnavailableException e)
        {
            await ApiError.Unavailable("The store cannot be read right now. What was scheduled stays so; ask again.", e.RetryAfter).WriteAsync(context);
        }
    }
}
