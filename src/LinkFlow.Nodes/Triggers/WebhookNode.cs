using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Conditions;
using LinkFlow.Nodes.Parameters;
using LinkFlow.Nodes.Triggers.Callers;

namespace LinkFlow.Nodes.Triggers;

/// <summary>Starts a workflow when its URL is called.</summary>
internal sealed partial class WebhookNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "webhook",
        Name = "Webhook",
        Group = "triggers",
        Description = "Starts the workflow when /webhooks/{path} is called. Puts out one item: headers, params, query, body, method and path of the request.",
        Kind = NodeKind.Trigger,
        Inputs = [],
        CredentialTypes = ["basic", "bearer", "api_key", "hmac", "jwt"],
        ParametersSchema = Json.Object($$"""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "maxLength": 200, "description": "Segments of letters, digits and . _ ~ -, separated by /. A segment that begins with a colon captures: orders/:id gives $json.params.id." },
                "method": {
                  "description": "The methods that are answered.",
                  "default": "POST",
                  "anyOf": [
                    { "$ref": "#/$defs/method" },
                    { "type": "array", "items": { "$ref": "#/$defs/method" }, "minItems": 1 }
                  ]
                },
                "responseMode": { "enum": ["immediately", "lastNode", "respondNode"], "default": "immediately", "description": "When the caller is answered: at once with the execution's id; when the workflow has ended, with the last node's first item; or by a respond node." },
                "responseStatus": { "type": "integer", "minimum": 200, "maximum": 599, "default": 200, "description": "The status of an immediate or last node's answer." },
                "responseItems": { "enum": ["first", "all"], "default": "first", "description": "With lastNode: answer the first item's json, or the list of all." },
                "auth": { "enum": ["none", "basic", "header", "jwt", "hmac"], "default": "none", "description": "Who may call: all but none need the credential 'auth'. basic: user and password; header: a bearer token or an API key; jwt: a signed token; hmac: a signed body." },
                "scheme": { "enum": ["linkflow", "github", "stripe", "slack"], "default": "linkflow", "description": "With hmac: how the sender signs." },
                "dedupeBy": {
                  "type": "object", "description": "What is the same for every repeat of a call: {\"header\":\"X-Event-Id\"}, or {\"expression\":\"…\"} over the item. A repeat starts nothing, and gets the first executionId. Calls without it are not told apart.",
                  "properties": {
                    "header": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
                    "expression": { "type": "string", "minLength": 1 }
                  },
                  "minProperties": 1, "maxProperties": 1, "additionalProperties": false
                },
                "rawBody": { "type": "boolean", "default": false, "description": "Hand the body over as text, not parsed and not made a file." },
                "files": { "enum": ["auto", "always", "never"], "default": "auto", "description": "What becomes files of the item's binary: the files of a form and a body of a binary type (auto), every body (always, under 'data'), or nothing (never)." },
                "maxBodyBytes": { "type": "integer", "minimum": 1, "maximum": 1073741824, "default": 10485760, "description": "A larger body is refused with 413. What is not made files has at most 16 MiB whatever this says, and so has a body that is signed." },
                "ipAllowList": { "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "maxItems": 1000, "description": "Addresses and blocks (10.0.0.0/8, 2001:db8::/32) that may call; others get 403. Default: all." },
                "allowedOrigins": {
                  "description": "Origins whose pages may call from a browser (CORS), or '*' for any: ['https://app.example.com'].",
                  "anyOf": [
                    { "const": "*" },
                    { "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "maxItems": 100 }
                  ]
                },
                "rateLimit": {
                  "type": "object",
                  "description": "The most calls a minute, of all callers (by: path) or of each address (by: ip); others get 429.",
                  "properties": {
                    "perMinute": { "type": "integer", "minimum": 1, "maximum": 100000 },
                    "by": { "enum": ["path", "ip"], "default": "path" }
                  },
                  "required": ["perMinute"],
                  "additionalProperties": false
                },
                "filter": {
                  "type": "object",
                  "description": "Conditions on the call, as the filter node takes them, over $json alone. Calls for which they do not hold start nothing.",
                  "properties": {
                    {{ConditionSchema.Properties}}
                  },
                  "additionalProperties": false
                }
              },
              "required": ["path"],
              "additionalProperties": false,
              "$defs": { "method": { "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] } }
            }
            """),
        Check = Check,
        Documentation = """
            The workflow must be active; its URL is `/webhooks/{path}`. To try out a draft, `POST /workflows/{id}/listen` and call `/webhooks-test/{path}` once:
            see [webhooks](webhooks.md#test-urls).

            | responseMode | answered |
            |---|---|
            | `immediately` | `{"executionId"}` with `responseStatus`, once the start is saved |
            | `lastNode` | when the execution has ended: the first item (`responseItems: all`: all items) of its output |
            | `respondNode` | by the first `respond` node; 204 when none ran |

            An execution that waits, or is not done after 60 s, is answered 202 `{"executionId"}`.

            With `auth` the node needs `"credentials":{"auth":"<id>"}`. Whoever fails it gets 401, and the item does not hold what proved the caller.

            | auth | credential | the caller sends |
            |---|---|---|
            | `basic` | `basic` | `Authorization: Basic …` |
            | `header` | `bearer`, `api_key` | `Authorization: Bearer …`, or the credential's header or query parameter |
            | `jwt` | `jwt` | `Authorization: Bearer …`, a token signed with the credential's algorithm |
            | `hmac` | `hmac` | a signature of the body, by `scheme` |

            A call for which `filter` does not hold is answered 200 `{"executionId":null,"filtered":true}` and starts nothing:
            `{"conditions":[{"left":"{{ $json.headers['x-github-event'] }}","operator":"equals","right":"push"}]}`.

            A signed call, or one with a key by `dedupeBy`, that comes again within 24 h is answered 200 with the first `executionId` and starts nothing:
            see [webhooks](webhooks.md).
            """,
        Example = Json.Object("""{"id":"hook","type":"webhook","name":"Order placed","parameters":{"path":"orders/:id","method":"POST","responseMode":"respondNode"}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        foreach (var (name, value) in parameters)
            if (Literals.IsExpression(value)) yield return ($"/{name}", $"'{name}' cannot be an expression: it is needed before the workflow runs.");
        if (parameters.Contains("scheme") && parameters["auth"].AsString != "hmac") yield return ("/scheme", "'scheme' says how a body is signed, and is used with 'auth': 'hmac' only.");
        foreach (var problem in CheckCallers(parameters).Concat(CheckDedupe(parameters["dedupeBy"])).Concat(CheckPath(parameters))) yield return problem;
    }

    private static IEnumerable<(string Pointer, string Message)> CheckCallers(ObjectValue parameters)
    {
        foreach (var (name, value) in parameters["rateLimit"].AsObject ?? [])
            if (Literals.IsExpression(value)) yield return ($"/rateLimit/{name}", $"'{name}' cannot be an expression: it is needed before the workflow runs.");
        foreach (var problem in Problems(parameters, "ipAllowList", CallerAddresses.ProblemOf).Concat(Problems(parameters, "allowedOrigins", CallerOrigins.ProblemOf))) yield return problem;
        if (parameters["filter"].AsObject is not { } filter) yield break;
        foreach (var problem in ItemFilter.Check(filter, "/filter")) yield return problem;
    }

    private static IEnumerable<(string Pointer, string Message)> Problems(ObjectValue parameters, string name, Func<string, string?> problemOf) =>
        (parameters[name].AsArray ?? []).Select((entry, i) => (Pointer: $"/{name}/{i}", Message: problemOf(entry.AsString ?? ""))).Where(p => p.Message is not null).Select(p => (p.Pointer, p.Message!));

    private static IEnumerable<(string Pointer, string Message)> CheckPath(ObjectValue parameters)
    {
        if (parameters["path"].AsString is not { } path || Literals.IsExpression(path)) yield break;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in path.Split('/'))
        {
            if (!Segment().IsMatch(segment) || segment is "." or "..")
                yield return ("/path", segment.Length == 0
                    ? $"The path '{path}' has an empty segment: write it without a slash at its ends, e.g. 'orders/:id'."
                    : $"The path's segment '{segment}' is not allowed: use letters, digits and . _ ~ -, or ':name' to capture.");
            else if (segment[0] == ':' && !names.Add(segment)) yield return ("/path", $"The path captures '{segment}' twice.");
        }

        if (path[0] == '~') yield return ("/path", "The path cannot begin with '~': such paths belong to other tenants.");
    }

    private static IEnumerable<(string Pointer, string Message)> CheckDedupe(Value by)
    {
        if (Literals.IsExpression(by["header"])) yield return ("/dedupeBy/header", "'header' names a header, e.g. \"X-Event-Id\"; use 'expression' for an expression.");
        if (by["expression"].AsString is not { } text) yield break;
        if (!Template.IsTemplate(text))
            yield return ("/dedupeBy/expression", $"'{text}' is the same for every call, so that all but the first would start nothing: write an expression, e.g. \"{{{{ $json.body.id }}}}\".");
        else if (SeesMore(text)) yield return ("/dedupeBy/expression", "'expression' is needed before the workflow runs: it sees the call's item, and neither other nodes nor $vars, $env and $secrets.");
    }

    private static bool SeesMore(string text)
    {
        try
        {
            var template = Template.Compile(text);
            return template.References.Count > 0 || template.Settings.Count > 0 || template.HasDynamicReferences;
        }
        catch (ExpressionException)
        {
            // What is wrong with it is found where all expressions are checked.
            return false;
        }
    }

    [GeneratedRegex(@"^(:[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9._~-]+)\z")]
    private static partial Regex Segment();
}
