using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Triggers;

/// <summary>Starts a workflow by the clock.</summary>
internal sealed class ScheduleNode : INode
{
    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "schedule",
        Name = "Schedule",
        Group = "triggers",
        Description = "Starts the workflow at the times of a cron expression, every so many seconds, or once. Puts out one item: scheduleId, dueAt and firedAt.",
        Kind = NodeKind.Trigger,
        Inputs = [],
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "cron": { "type": "string", "minLength": 1, "maxLength": 256, "description": "Five fields (minute, hour, day of month, month, day of week), six with seconds in front, or @hourly, @daily, @weekly, @monthly, @yearly." },
                "everySeconds": { "type": "integer", "minimum": 1, "maximum": 31622400, "description": "Every so many seconds, counted from startAt or from the activation." },
                "at": { "type": "string", "description": "Once, at this RFC 3339 time." },
                "timezone": { "type": "string", "minLength": 1, "maxLength": 64, "description": "The IANA time zone of cron; default: the workflow's." },
                "calendarId": { "type": "string", "minLength": 1, "maxLength": 64, "description": "A calendar of holidays." },
                "onHoliday": { "enum": ["skip", "shift"], "default": "skip", "description": "On a holiday: leave it out, or move it to the same time of the next day that is none." },
                "misfire": { "enum": ["skip", "runOnce", "runAll"], "default": "skip", "description": "For times that passed while nothing could fire: leave them out, run once, or run each." },
                "overlap": { "enum": ["allow", "skip", "queue", "cancelPrevious"], "default": "allow", "description": "When the execution before has not ended." },
                "startAt": { "type": "string", "description": "Nothing is due before this RFC 3339 time." },
                "endAt": { "type": "string", "description": "Nothing is due after this RFC 3339 time." },
                "jitterSeconds": { "type": "integer", "minimum": 0, "maximum": 86400, "default": 0, "description": "Each firing is delayed by up to this, so that many schedules do not fire at once." },
                "maxConsecutiveFailures": { "type": "integer", "minimum": 1, "maximum": 1000, "description": "The schedule is disabled after so many failed executions in a row." }
              },
              "additionalProperties": false
            }
            """),
        Check = Check,
        Documentation = """
            The workflow must be active; its schedule is under `/api/v1/schedules`, with its next times and what became of past ones.

            Where clocks jump forward, a time that does not exist is due at the first instant behind the gap; where they go back, a time is due once, at its
            first reading. A cron that fires in every hour follows real hours: it runs through both readings and skips what does not exist. Day of month and day
            of week both given: either matches.
            """,
        Example = Json.Object("""{"id":"nightly","type":"schedule","name":"Every night","parameters":{"cron":"30 2 * * *","timezone":"Europe/Berlin","misfire":"runOnce"}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken) => new(PassOn.All(context));

    private static IEnumerable<(string Pointer, string Message)> Check(ObjectValue parameters) =>
        Literals.Require(parameters, "it is needed before the workflow runs", [.. parameters.Select(p => p.Key)]);
}
