using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Http;

/// <summary>Sends an HTTP request per item and makes items of the answers.</summary>
internal sealed class HttpRequestNode : INode
{
    /// <summary>How many items' requests are under way at once.</summary>
    private const int MostAtOnce = 4;

    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "http_request",
        Name = "HTTP request",
        Group = "network",
        Description = "Sends an HTTP request for each item. A JSON list in the answer becomes one item per element, an object one item, text {\"data\": …}.",
        Effect = Effect.External,
        DefaultRetry = new RetryPolicy { MaxAttempts = 3, OnlyTransient = true },
        CredentialTypes = CredentialTypes.ForRequests,
        ParametersSchema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "method": { "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"], "default": "GET" },
                "url": { "type": "string", "minLength": 1, "description": "http:// or https://." },
                "query": { "type": "object", "description": "Added to the URL's query; a list gives one pair per element, null none." },
                "headers": { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean", "null"] } },
                "bodyType": { "enum": ["none", "json", "form", "multipart", "raw", "binary"], "default": "none", "description": "How the body is sent." },
                "body": { "description": "Any value for json, an object for form, a string for raw; for multipart an object whose values may be files of the item (the expression $binary.photo); for binary a file of the item, by default its only one, or 'data'." },
                "authentication": { "enum": ["none", "credential", {{string.Join(", ", CredentialTypes.ForRequests.Select(t => $"\"{t}\""))}}], "description": "With what the request authenticates itself: the credential 'auth' of the node, whatever its type (credential), or of the type that is named. Default: the credential, where the node has one." },
                "response": { "enum": ["auto", "json", "text", "binary"], "default": "auto", "description": "How the answer is read; auto goes by its content type; binary makes it a file, in the item's binary as 'data'." },
                "includeResponse": { "type": "boolean", "default": false, "description": "Put out one item {statusCode, headers, body} per answer." },
                "timeoutSeconds": { "type": "number", "minimum": 0.001, "maximum": 3600, "default": 30, "description": "From the first connection to the answer's last byte, redirects included." },
                "followRedirects": { "type": "boolean", "default": true, "description": "Follow up to ten." },
                "maxResponseBytes": { "type": "integer", "minimum": 1, "maximum": 1073741824, "default": 10485760, "description": "A larger answer fails the item. What does not become a file has at most 100 MiB whatever this says." },
                "errorOnStatus": { "type": "boolean", "default": true, "description": "An answer with a status of 400 or more fails the item." },
                "idempotencyKey": { "type": "string", "minLength": 1, "maxLength": 255, "default": "auto", "description": "The Idempotency-Key of POST, PUT, PATCH and DELETE: auto (the same whenever the request is repeated), off, or a value." }
              },
              "required": ["url"],
              "additionalProperties": false
            }
            """),
        Check = Check,
        Documentation = """
            Without a `retry` of its own the node tries GET, HEAD, PUT and DELETE up to three times on 429, 502, 503, 504 and network faults, POST and PATCH only
            when the request cannot have arrived. `Retry-After` is honoured up to an hour.

            Files are streamed. With `bodyType` `binary` or `multipart` the body holds files that the node's items carry: `"body":{"title":"{{ $json.title }}","photo":"{{ $binary.photo }}"}`.
            An answer of a binary type (images, PDF, archives, …), and with `response: binary` every answer, becomes a file that goes with the execution: see [files](files.md).
            A credential that signs bodies can sign up to 1 MiB.

            After five failures in a row a host is left alone for 30 s (`HTTP_CIRCUIT_OPEN`).
            Loopback, private and other internal addresses are refused (`OUTBOUND_BLOCKED`) unless the setting `LinkFlow:Outbound:Allow` names them.
            Another host that a redirect leads to does not see `Authorization` and `Cookie`.

            `"credentials":{"auth":"<id>"}` names the [credential](credentials.md) that is put on each request anew: on each try, and on each redirect within the origin
            (scheme, host and port). Once a redirect has left the origin, nothing of the credential is sent any more. A credential with `allowedHosts` stops the request
            before anything is sent elsewhere (`CREDENTIAL_NOT_ALLOWED`). A header or query parameter that both the node and its credential set is an error.
            """,
        Example = Json.Object("""{"id":"fetch","type":"http_request","name":"Fetch the order","parameters":{"url":"https://api.example.com/orders/{{ $json.id }}","headers":{"Accept":"application/json"},"timeoutSeconds":10}}"""),
    };

    public async ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var http = context.Service<OutboundHttp>();
        var credential = await CredentialAsync(context, http, cancellationToken).ConfigureAwait(false);
        var outcomes = new Outcome[context.Pending.Count];
        var evaluating = new Lock();
        await Parallel.ForAsync(0, outcomes.Length, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken }, async (i, token) =>
            outcomes[i] = await RunAsync(http, context, credential, context.Pending[i], evaluating, token).ConfigureAwait(false)).ConfigureAwait(false);

        var result = new NodeResult(outcomes.Length);
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i].Error is { } error) result.Fail(context.Pending[i], error);
            else foreach (var item in outcomes[i].Items) result.Emit(Connection.Main, item, context.Pending[i]);
        }

        return result;
    }

    /// <summary>Opened once for the attempt.</summary>
    private static async ValueTask<RequestCredential?> CredentialAsync(NodeContext context, OutboundHttp http, CancellationToken cancellationToken)
    {
        var wanted = context.Node.Parameters["authentication"].AsString;
        if (wanted == "none") return null;
        var opened = await context.OpenCredentialAsync("auth", cancellationToken).ConfigureAwait(false);
        if (opened is null)
        {
            return wanted is null ? null : throw new NodeException(
                NodeErrorCodes.ParameterInvalid, $"'{context.Node.Id}' is to authenticate with '{wanted}' and names no credential: add \"credentials\":{{\"auth\":\"<id>\"}}.");
        }

        if (wanted is not (null or "credential") && wanted != opened.Type)
            throw new NodeException(CredentialErrors.WrongType, $"'{context.Node.Id}' is to authenticate with '{wanted}', and the {opened} is of another type.");
        var type = context.Service<CredentialTypes>().Find(opened.Type)
            ?? throw new NodeException(CredentialErrors.WrongType, $"The {opened} is of a type that this installation does not know.");
        return new RequestCredential(type, opened, new CredentialUse(http, context.Mask, context.Services));
    }

    private static async Task<Outcome> RunAsync(OutboundHttp http, NodeContext context, RequestCredential? credential, int item, Lock evaluating, CancellationToken cancellationToken)
    {
        try
        {
            HttpCall call;
            string form;
            bool whole, errorOnStatus;
            lock (evaluating)
            {
                // A context is not made for several threads.
                call = HttpCalls.Read(context, item) with { Credential = credential };
                form = context.Choice(item, "response", "auto", "auto", "json", "text", "binary");
                call = call with { Saving = form is "auto" or "binary" ? AnswerFiles.Of(context, always: form == "binary", evenErrors: !context.Flag(item, "errorOnStatus", true)) : null };
                whole = context.Flag(item, "includeResponse", false);
                errorOnStatus = context.Flag(item, "errorOnStatus", true);
            }

            var answer = await HttpSending.SendAsync(http, call, cancellationToken).ConfigureAwait(false);
            if (errorOnStatus && (int)answer.Status >= 400) return new Outcome([], HttpAnswers.StatusError(call, answer));
            return new Outcome([.. HttpAnswers.Items(call, answer, form, whole)], null);
        }
        catch (NodeException e)
        {
            return new Outcome([], e.Error);
        }
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        foreach (var found in Literals.Require(parameters, "it is needed before the workflow runs", "authentication")) yield return found;
        var kind = parameters["bodyType"].AsString ?? "none";
        if (kind == "none" && parameters.Contains("body")) yield return ("/body", "The body would not be sent: set 'bodyType' to json, form, multipart, raw or binary.");
        if (kind is "json" or "form" or "multipart" or "raw" && !parameters.Contains("body")) yield return ("", $"'body' is required when 'bodyType' is '{kind}'.");
        if (parameters["url"].AsString is not { } url || Literals.IsExpression(url)) yield break;
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var whole) || whole.Scheme is not ("http" or "https"))
            yield return ("/url", $"'{url}' is no whole URL: it must begin with http:// or https://.");
        else if (whole.UserInfo.Length > 0) yield return ("/url", "The URL holds a user name or password. Send them in an Authorization header instead.");
    }

    private readonly record struct Outcome(IReadOnlyList<Item> Items, NodeError? Error);
}
