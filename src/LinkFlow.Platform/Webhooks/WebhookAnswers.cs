using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions;
using LinkFlow.Platform.Files;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Webhooks;

/// <summary>Answers a webhook's caller by what its start came to and by what the node says (execution.md §8).</summary>
internal sealed class WebhookAnswers(ExecutionService executions, FileService files)
{
    public Task WriteAsync(HttpContext context, string tenant, WebhookTarget target, StartOutcome outcome) => outcome.Kind switch
    {
        StartOutcomeKind.Responded when WebhookResponse.FileOf(outcome.Response) is { IsUndefined: false } file => SendFileAsync(context, tenant, outcome, file["fileId"].AsString ?? ""),
        StartOutcomeKind.Responded => WebhookResponse.WriteAsync(context, outcome.Response),
        StartOutcomeKind.Finished => AnswerFinishedAsync(context, tenant, target, outcome),
        StartOutcomeKind.Accepted => JsonAnswer.WriteAsync(context, target.Status, Started(outcome)),
        _ => JsonAnswer.WriteAsync(context, 202, Started(outcome)),
    };

    private async Task AnswerFinishedAsync(HttpContext context, string tenant, WebhookTarget target, StartOutcome outcome)
    {
        if (outcome.Execution["status"].AsString != "success")
            throw new ApiException(new ApiError(500, "INTERNAL", "The workflow failed.") { ExecutionId = outcome.ExecutionId });
        if (target.Mode != ResponseMode.LastNode)
        {
            context.Response.StatusCode = 204;
            return;
        }

        var output = outcome.Execution["output"].AsArray ?? await LoadOutputAsync(tenant, outcome.ExecutionId, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, target.Status, target.AllItems
            ? new ArrayValue(output.Select(i => i["json"]))
            : output is [var first, ..] ? first["json"] : new ObjectValue(1));
    }

    private async Task SendFileAsync(HttpContext context, string tenant, StartOutcome outcome, string fileId)
    {
        var file = await files.FindAsync(tenant, fileId, context.RequestAborted)
            ?? throw new ApiException(new ApiError(500, "INTERNAL", "The file that the workflow answers with was deleted.") { ExecutionId = outcome.ExecutionId });
        await using var content = await files.OpenAsync(tenant, file.Content, 0, file.Content.Size, context.RequestAborted);
        if (WebhookResponse.Begin(context, outcome.Response, file) && !HttpMethods.IsHead(context.Request.Method))
            await FileDownload.CopyAsync(content, context.Response, file.Content.Size, context.RequestAborted);
    }

    private async Task<ArrayValue> LoadOutputAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var execution = await executions.GetAsync(tenant, id, cancellationToken);
        return (await executions.ItemsAsync(tenant, id, execution.Output, execution.HasData, cancellationToken)).AsArray ?? [];
    }

    private static ObjectValue Started(StartOutcome outcome) => new(1) { { "executionId", outcome.ExecutionId } };
}
