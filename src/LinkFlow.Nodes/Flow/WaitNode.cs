using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Fields;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Lets the execution come to rest until a time, a signal, a call or a decision. The waiting itself is the decider's.</summary>
internal sealed class WaitNode : INode
{
    /// <summary>Ten years, in seconds.</summary>
    private const double LongestSeconds = 315_360_000;

    private static readonly string[] Outputs = ["main", "timeout"];
    private static readonly string[] ApprovalOutputs = ["approved", "rejected", "timeout"];

    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "wait",
        Name = "Wait",
        Group = "flow",
        Description = "Waits: for some seconds, until a time, for a named signal, for a call to the execution's resume URL, or for an approval. A waiting execution takes no memory.",
        Outputs = Outputs,
        OutputsOf = parameters => parameters["for"].AsString == "approval" ? ApprovalOutputs : Outputs,
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "for": { "enum": ["duration", "until", "signal", "webhook", "approval"], "description": "What is waited for." },
                "seconds": { "type": "number", "minimum": 0, "maximum": 315360000, "description": "For a duration." },
                "at": { "type": ["string", "number"], "description": "For until: a time (RFC 3339; without an offset it is the workflow's time zone's), or Unix milliseconds." },
                "name": { "type": "string", "minLength": 1, "maxLength": 200, "description": "For a signal: its name, case-sensitive." },
                "approvers": { "type": "array", "items": { "type": "string", "minLength": 1 }, "description": "For an approval: who may decide." },
                "timeoutSeconds": { "type": "number", "minimum": 0, "maximum": 315360000, "description": "How long to wait for a signal, call or approval; absent: for ever." },
                "onTimeout": { "enum": ["error", "continue", "timeoutOutput"], "default": "error", "description": "What then: fail with WAIT_TIMEOUT, pass the items on, or send them to the output timeout." }
              },
              "required": ["for"],
              "additionalProperties": false
            }
            """),
        Check = Check,
        Documentation = """
            | for | needs | goes on when |
            |---|---|---|
            | `duration` | `seconds` | the time is over |
            | `until` | `at` | the time has come; at once when it is past |
            | `signal` | `name` | `POST /executions/{id}/signals/{name}`; its body becomes the item |
            | `webhook` | | `$execution.resumeUrl` is called |
            | `approval` | `approvers` | somebody decides; the item leaves by `approved` or `rejected` |
            """,
        Example = Json.Object("""{"id":"paid","type":"wait","name":"Until it is paid","parameters":{"for":"signal","name":"paid","timeoutSeconds":86400,"onTimeout":"timeoutOutput"}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var item = context.Pending is [var first, ..] ? first : 0;
        var kind = context.Text(item, "for");
        long? dueAt = kind switch
        {
            "duration" => context.Now + (long)(1000 * context.Number(item, "seconds", 0, LongestSeconds)),
            "until" => Instant(context, item),
            _ => null,
        };
        var signal = kind switch
        {
            "signal" => SignalName(context, item),
            "webhook" or "approval" => InternalSignal(kind, context.Node.Id, context.Run),
            "duration" or "until" => null,
            _ => throw ParameterReading.Invalid(context, "for", "must be one of duration, until, signal, webhook, approval", kind),
        };
        var timeout = context.Number(item, "timeoutSeconds", 0, LongestSeconds, fallback: -1);
        var directive = new WaitDirective(
            kind,
            dueAt,
            signal,
            timeout < 0 ? null : context.Now + (long)(1000 * timeout),
            context.Choice(item, "onTimeout", "error", "error", "continue", "timeoutOutput"),
            kind == "approval" ? context.Words(item, "approvers") : []);
        return new(new NodeResult { Directive = directive });
    }

    /// <summary>The signal that a resume URL or an approval link sends. Callers cannot: names that begin with <c>~</c> are the server's.</summary>
    private static string InternalSignal(string kind, string node, int run) => $"~{kind}:{node}:{run}";

    private static string SignalName(NodeContext context, int item)
    {
        var name = context.Text(item, "name");
        return name.Length > 0 && name[0] != '~' ? name : throw ParameterReading.Invalid(context, "name", "must be a signal's name that does not begin with '~'", name);
    }

    private static long Instant(NodeContext context, int item)
    {
        var at = context.Parameter(item, "at");
        if (at.IsNullOrUndefined) throw ParameterReading.Missing(context, "at");
        return Times.Read(at, context.ScopeFor(item).TimeZone) ?? throw ParameterReading.Invalid(context, "at", "must be a time such as 2027-01-31T08:00:00Z or a number of Unix milliseconds", at);
    }

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters)
    {
        foreach (var error in Literals.Require(parameters, "the node's outputs depend on it", "for")) yield return error;
        var needed = parameters["for"].AsString switch { "duration" => "seconds", "until" => "at", "signal" => "name", "approval" => "approvers", _ => null };
        if (needed is not null && !parameters.Contains(needed)) yield return ("", $"'{needed}' is required when 'for' is '{parameters["for"].AsString}'.");
        if (parameters["name"].AsString is ['~', ..]) yield return ("/name", "A signal's name cannot begin with '~': such names are the server's own.");
        if (parameters["at"].AsString is { } at && !Literals.IsExpression(at) && Times.Read(at, "UTC") is null)
            yield return ("/at", $"'{at}' is no time. Write it as 2027-01-31T08:00:00Z.");
    }
}
