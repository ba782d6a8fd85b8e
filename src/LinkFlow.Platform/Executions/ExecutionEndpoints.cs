using System.Globalization;
using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Executions;

/// <summary>Starting, listing, reading and commanding executions: from routes to the service, no rule.</summary>
public sealed class ExecutionEndpoints(ExecutionService executions, ExecutionRuns runs, LinkFlowOptions options, IDocumentStore store)
{
    private const string DataWord = "data";
    private const int RunsWithoutLimit = 1_000;
    private const int MaxSignalNameLength = 200;

    public void Map(ApiRoutes routes)
    {
        routes.Post("/workflows/{id}/execute", ExecuteAsync).Needs(Permissions.WorkflowExecute).Says("Run a workflow").Takes<ExecuteBody>()
            .Answers<ExecutionResource>(200, "It finished while the caller waited.").Answers<StartedResource>(202, "It was started, and goes on.");
        routes.Get("/executions", ListAsync).Needs(Permissions.ExecutionRead).Says("List executions, newest first").Paged()
            .Query("workflowId", "Only this workflow's.").Query("status", "Only those with this status.", values: ExecutionRequests.Statuses)
            .Query("mode", "Only those started like this.", values: ExecutionRequests.Modes).Query("from", "Started at or after this RFC 3339 time.").Query("to", "Started before this RFC 3339 time.")
            .Answers<ApiList<ExecutionResource>>(200, "A page of executions, without input and output.");
        routes.Get("/executions/{id}", GetAsync).Needs(Permissions.ExecutionRead).Says("Read an execution").Query("include", "With the nodes' runs and their data.", values: [DataWord])
            .Answers<ExecutionResource>(200, "The execution.");
        routes.Delete("/executions/{id}", DeleteAsync).Needs(Permissions.ExecutionDelete).Says("Delete a finished execution").Answers(204, "Deleted, with its history and data.");
        routes.Get("/executions/{id}/nodes", ListRunsAsync).Needs(Permissions.ExecutionRead).Says("List the runs of an execution's nodes, in order")
            .Query("limit", "Runs of a page, 1 to 200; without it at most 1,000.", "integer").Query("cursor", "A page's nextCursor.").Answers<ApiList<RunResource>>(200, "The runs, in order.");
        routes.Get("/executions/{id}/nodes/{nodeId}", GetRunAsync).Needs(Permissions.ExecutionRead).Says("Read a node's run with its data").Query("run", "Which run; default 0.", "integer")
            .Answers<RunDataResource>(200, "The run.");

        routes.Post("/executions/{id}/cancel", CancelAsync).Needs(Permissions.ExecutionWrite).Says("Cancel").Takes<CancelBody>().Answers<StartedResource>(202, "It will be cancelled.");
        routes.Post("/executions/{id}/pause", r => CommandAsync(r, new PauseCommand())).Needs(Permissions.ExecutionWrite).Says("Pause").Answers<StartedResource>(202, "It will pause.");
        routes.Post("/executions/{id}/resume", r => CommandAsync(r, new ResumeCommand())).Needs(Permissions.ExecutionWrite).Says("Resume").Answers<StartedResource>(202, "It will go on.");
        routes.Post("/executions/{id}/signals/{name}", SignalAsync).Needs(Permissions.ExecutionWrite).Says("Wake a wait node").Takes<object>().Answers<StartedResource>(202, "The signal is kept until a wait takes it.");
        routes.Post("/executions/{id}/retry", RetryAsync).Needs(Permissions.WorkflowExecute).Says("Run again from a point").Takes<RetryBody>().Answers<RetriedResource>(202, "The new execution.");
    }

    private async Task<Answer> ExecuteAsync(ApiRequest request)
    {
        var command = ExecutionRequests.ReadExecute(await request.ReadOptionalObjectAsync(), options.Limits);
        var tenant = request.Principal.Tenant;
        var outcome = await executions.ExecuteAsync(request.Principal, request.Route("id"), command, With(request), request.Aborted);
        if (outcome.Kind != StartOutcomeKind.Finished) return Started(request, outcome.ExecutionId);
        var shown = outcome.Execution.AsObject is { } whole && whole.Contains("output")
            ? whole
            : await executions.ShowAsync(tenant, await executions.GetAsync(tenant, outcome.ExecutionId, request.Aborted), request.Aborted);
        var answer = Answer.Ok(shown);
        if (request.Idempotency is null) return answer;
        // The start remembered its 202; whoever repeats the call now gets what the first one got.
        var work = new UnitOfWork(tenant);
        request.Remember(work, answer);
        await store.CommitAsync(work, CancellationToken.None);
        return answer;
    }

    private async Task<Answer> ListAsync(ApiRequest request)
    {
        var query = request.Query;
        var page = await executions.ListAsync(
            new ExecutionSearch(request.Principal.Tenant)
            {
                WorkflowId = query.Text("workflowId"),
                Status = query.OneOf("status", ExecutionRequests.Statuses) is { } status ? StatusWords.ExecutionStatus(status) : null,
                Mode = query.OneOf("mode", ExecutionRequests.Modes),
                FromId = query.Time("from") is { } from ? Ids.FirstAt(from) : null,
                BeforeId = Earlier(query.Cursor(), query.Time("to") is { } to ? Ids.FirstAt(to) : null),
                Limit = request.Limit(),
                ScanLimit = options.Limits.ScanDocuments,
            }, request.Aborted);
        return ApiList.Of(page.Items.Select(e => e.Show()), page.NextId);
    }

    private async Task<Answer> GetAsync(ApiRequest request)
    {
        var withData = request.Query.OneOf("include", [DataWord]) is not null;
        var execution = await executions.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        var shown = await executions.ShowAsync(request.Principal.Tenant, execution, request.Aborted);
        if (withData) shown.Set("nodes", await runs.ShowWithDataAsync(request.Principal.Tenant, execution, request.Aborted));
        return Answer.Ok(shown);
    }

    private async Task<Answer> DeleteAsync(ApiRequest request)
    {
        await executions.DeleteAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        return Answer.NoContent;
    }

    private async Task<Answer> ListRunsAsync(ApiRequest request)
    {
        var execution = await executions.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        // Most executions have few runs, and whoever draws one wants them all; loops make it a paged list.
        var limit = request.Query.Text("limit") is null ? RunsWithoutLimit : request.Limit();
        var from = request.Query.Cursor() is not { } cursor ? 0
            : int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place
            : throw ApiException.Validation("cursor", "'cursor' is another list's cursor.");
        var all = await runs.ListAsync(request.Principal.Tenant, execution, request.Aborted);
        var page = all.Skip(from).Take(limit).Select(ExecutionRuns.Show);
        return ApiList.Of(page, from + limit < all.Count ? (from + limit).ToString(CultureInfo.InvariantCulture) : null);
    }

    private async Task<Answer> GetRunAsync(ApiRequest request)
    {
        var execution = await executions.GetAsync(request.Principal.Tenant, request.Route("id"), request.Aborted);
        var run = request.Query.Integer("run", 0, int.MaxValue) ?? 0;
        return Answer.Ok(await runs.ShowOneAsync(request.Principal.Tenant, execution, request.Route("nodeId"), run, request.Principal.May(Permissions.ExecutionWrite), request.Aborted));
    }

    private async Task<Answer> CancelAsync(ApiRequest request)
    {
        var compensate = ExecutionRequests.ReadCompensate(await request.ReadOptionalObjectAsync());
        return await CommandAsync(request, new CancelCommand(compensate));
    }

    private async Task<Answer> SignalAsync(ApiRequest request)
    {
        var name = request.Route("name");
        if (name.Length > MaxSignalNameLength || name.Any(char.IsControl))
            throw ApiException.Validation("name", $"A signal's name has 1 to {MaxSignalNameLength} characters and no control characters.");
        // Resume URLs and approval links send signals of their own, and whoever may signal may not approve.
        if (name.StartsWith('~')) throw ApiException.Validation("name", "Names that begin with '~' are LinkFlow's own. Call the resume URL or the approval link instead.");
        var payload = await request.ReadJsonAsync();
        // The id makes a repeat with the same key one signal, even when the first answer was lost.
        return await CommandAsync(request, new SignalCommand(name, payload.IsUndefined ? Item.Of(new ObjectValue()) : Item.Of(payload), request.IdempotencyId));
    }

    private async Task<Answer> RetryAsync(ApiRequest request)
    {
        var command = ExecutionRequests.ReadRetry(await request.ReadOptionalObjectAsync());
        var id = request.Route("id");
        var newId = await executions.RetryAsync(request.Principal, id, command, With(request, id), request.Aborted);
        return Retried(request, newId, id);
    }

    private async Task<Answer> CommandAsync(ApiRequest request, ExecutionCommand command)
    {
        var id = request.Route("id");
        await executions.SendAsync(request.Principal.Tenant, id, command, request.Aborted);
        return Started(request, id);
    }

    /// <summary>The deduplication record that becomes durable with the start.</summary>
    private static Func<string, UnitOfWork>? With(ApiRequest request, string? retryOf = null) => request.Idempotency is null ? null : id =>
    {
        var work = new UnitOfWork(request.Principal.Tenant);
        request.Remember(work, retryOf is null ? Started(request, id) : Retried(request, id, retryOf));
        return work;
    };

    private static Answer Started(ApiRequest request, string id) =>
        Answer.Accepted(new ObjectValue { { "executionId", id } }) with { Location = request.LocationOf($"/executions/{id}") };

    private static Answer Retried(ApiRequest request, string id, string retryOf) =>
        Answer.Accepted(new ObjectValue { { "executionId", id }, { "retryOf", retryOf } }) with { Location = request.LocationOf($"/executions/{id}") };

    private static string? Earlier(string? a, string? b) => a is null ? b : b is null || string.CompareOrdinal(a, b) < 0 ? a : b;
}
