using System.Text.Encodings.Web;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Platform.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LinkFlow.Platform.Executions;

/// <summary>Resume URLs and approval links: GET shows a page, only POST decides; each wait takes one call.</summary>
public sealed class ResumeEndpoints(ResumeLinks links, ExecutionService executions, IExecutionRuntime runtime, IExecutionHistory history, LinkFlowOptions options)
{
    private const string Webhook = "webhook";
    private const string ApprovalWait = "approval";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(ResumeLinks.ResumePath + "/{id}/{token}", ["GET"], (RequestDelegate)(c => ShowAsync(c, Resume(c), isApproval: false)));
        routes.MapMethods(ResumeLinks.ResumePath + "/{id}/{token}", ["POST"], (RequestDelegate)ResumeAsync);
        routes.MapMethods(ResumeLinks.ApprovalPath + "/{id}/{token}", ["GET"], (RequestDelegate)(c => ShowAsync(c, Read(c).Id, isApproval: true)));
        routes.MapMethods(ResumeLinks.ApprovalPath + "/{id}/{token}", ["POST"], (RequestDelegate)DecideAsync);
    }

    private async Task ResumeAsync(HttpContext context)
    {
        var id = Resume(context);
        var body = await RequestBody.ReadAsync(context, options.Limits.WebhookBodyBytes);
        var item = WebhookItem.Of(context.Request, context.Request.Path.Value!, rawBody: false, [], body);
        var wait = (await OpenWaitsAsync(id, Webhook, context.RequestAborted)).FirstOrDefault() ?? throw NothingWaits();
        await SendAsync(context, id, wait, item);
    }

    private async Task DecideAsync(HttpContext context)
    {
        var (id, approval) = Read(context);
        var body = await RequestBody.ReadAsync(context, options.Limits.BodyBytes);
        var said = WebhookItem.Of(context.Request, "", rawBody: false, [], body).Json["body"];
        if (!said["approved"].IsBoolean && said["decision"].AsString is not ("approve" or "reject"))
            throw ApiException.Validation("/approved", "Say \"approved\": true or false, or send the form field decision=approve or decision=reject.");
        var isApproved = said["approved"] is { IsBoolean: true, AsBoolean: true } || said["decision"].AsString == "approve";
        var wait = (await OpenWaitsAsync(id, ApprovalWait, context.RequestAborted)).FirstOrDefault(w => w.Node == approval.Node && w.Run == approval.Run) ?? throw NothingWaits();
        var decision = new ObjectValue(3) { { "approved", isApproved }, { "approver", approval.Approver }, { "comment", said["comment"].AsString } };
        await SendAsync(context, id, wait, Item.Of(decision));
    }

    private async Task SendAsync(HttpContext context, string id, WaitStarted wait, Item item)
    {
        // The id lets the first of two calls win, however close they come.
        var outcome = await runtime.SendAsync(Tenants.Default, id, new SignalCommand(wait.Wait.Signal!, item, $"answer:{wait.Node}:{wait.Run}"), context.RequestAborted);
        if (outcome != CommandOutcome.Accepted) throw NothingWaits();
        if (WantsPage(context.Request)) await HtmlPage.WriteAsync(context, 202, "<p>Thank you. Your answer was taken.</p>");
        else await JsonAnswer.WriteAsync(context, 202, new ObjectValue(1) { { "executionId", id } });
    }

    /// <summary>Waits of this kind that nothing has woken, the oldest first.</summary>
    private async Task<IEnumerable<WaitStarted>> OpenWaitsAsync(string id, string kind, CancellationToken cancellationToken)
    {
        var execution = await history.FindAsync(Tenants.Default, id, cancellationToken);
        if (execution is null or { IsFinished: true }) throw NothingWaits();
        var events = await executions.ReadAllAsync(Tenants.Default, id, cancellationToken);
        var taken = events.OfType<SignalReceived>().Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        return events.OfType<WaitStarted>().Where(w => w.Wait.For == kind && w.Wait.Signal is { } signal && !taken.Contains(signal));
    }

    private async Task ShowAsync(HttpContext context, string id, bool isApproval)
    {
        var execution = await history.FindAsync(Tenants.Default, id, context.RequestAborted);
        if (execution is null or { IsFinished: true })
        {
            await HtmlPage.WriteAsync(context, 200, "<p>Nothing waits for an answer here any more.</p>");
            return;
        }

        var buttons = isApproval
            ? "<button name=\"decision\" value=\"approve\">Approve</button> <button name=\"decision\" value=\"reject\">Reject</button>"
            : "<button>Continue</button>";
        await HtmlPage.WriteAsync(context, 200, $"<p>A workflow waits for your answer ({HtmlEncoder.Default.Encode(id)}).</p><form method=\"post\">{buttons}</form>");
    }

    private string Resume(HttpContext context)
    {
        var (id, token) = Parts(context);
        return links.IsToken(id, token) ? id : throw Unknown();
    }

    private (string Id, Approval Approval) Read(HttpContext context)
    {
        var (id, token) = Parts(context);
        return links.ReadApproval(id, token) is { } approval ? (id, approval) : throw Unknown();
    }

    private static (string Id, string Token) Parts(HttpContext context) => ((string)context.GetRouteValue("id")!, (string)context.GetRouteValue("token")!);

    private static ApiException Unknown() => new(ApiError.NotFound("There is no such link. Check that it was copied whole."));

    private static ApiException NothingWaits() => ApiException.Conflict("Nothing waits for an answer here: it was given already, the time was over, or the workflow has not come to this point.");

    private static bool WantsPage(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
