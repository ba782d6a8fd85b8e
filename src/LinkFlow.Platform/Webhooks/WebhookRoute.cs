using LinkFlow.Engine.Definitions;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Webhooks.Access;
using LinkFlow.Platform.Webhooks.Authentication;
using LinkFlow.Platform.Webhooks.Deliveries;
using LinkFlow.Platform.Webhooks.Listening;

namespace LinkFlow.Platform.Webhooks;

/// <summary>A registration in memory, with what its node says once that has been looked up. Dropped with its table on every change.</summary>
public sealed class WebhookRoute(WebhookRegistration registration)
{
    public WebhookRegistration Registration { get; } = registration;

    /// <summary>Null until the first call.</summary>
    public WebhookTarget? Target { get; set; }

    /// <summary>Set for a test URL: what its one call is for.</summary>
    internal Listener? Listener { get; init; }
}

/// <summary>When a webhook's caller is answered.</summary>
public enum ResponseMode { Immediately, LastNode, RespondNode }

/// <summary>What an active workflow's webhook node says of the calls to it.</summary>
public sealed record WebhookTarget(string WorkflowId, int Version, string NodeId)
{
    public const string Auto = "auto";
    public const string Always = "always";
    public const string Never = "never";
    public const int DefaultMaxBodyBytes = 10 * 1024 * 1024;

    public ResponseMode Mode { get; private init; }

    /// <summary>The status of an immediate or last node's answer.</summary>
    public int Status { get; private init; } = 200;

    /// <summary>Answer all items rather than the first.</summary>
    public bool AllItems { get; private init; }
    public bool RawBody { get; private init; }

    /// <summary>What is made a file: auto, always or never.</summary>
    public string Files { get; private init; } = Auto;

    /// <summary>Null: from everywhere.</summary>
    internal WebhookAccess? Access { get; private init; }

    /// <summary>Null: every call starts the workflow.</summary>
    internal WebhookFilter? Filter { get; private init; }

    /// <summary>Null: everybody may call.</summary>
    internal WebhookAuth? Auth { get; private init; }

    /// <summary>Null: only signed calls are told apart.</summary>
    internal DedupeBy? Dedupe { get; private init; }

    /// <summary>True: nothing is written before the execution ends, a delivery's record neither.</summary>
    public bool IsExpress { get; private init; }
    public int? MaxBodyBytes { get; private init; }

    /// <returns>Null: the version has no such node.</returns>
    public static WebhookTarget? Of(WorkflowVersion version, string nodeId)
    {
        if (version.Definition.Nodes.FirstOrDefault(n => n.Id == nodeId) is not { } node) return null;
        return new WebhookTarget(version.WorkflowId, version.Version, nodeId)
        {
            Mode = node.Parameters["responseMode"].AsString switch
            {
                "lastNode" => ResponseMode.LastNode,
                "respondNode" => ResponseMode.RespondNode,
                _ => ResponseMode.Immediately,
            },
            Status = NumberOf(node, "responseStatus") ?? 200,
            AllItems = node.Parameters["responseItems"].AsString == "all",
            RawBody = node.Parameters["rawBody"] is { IsBoolean: true, AsBoolean: true },
            Files = node.Parameters["files"].AsString ?? Auto,
            Access = WebhookAccess.Of(node.Parameters),
            Filter = WebhookFilter.Of(version, nodeId, node.Parameters),
            Auth = WebhookAuth.Of(node),
            Dedupe = DedupeBy.Of(node, version.Definition.Settings.Timezone),
            IsExpress = version.Definition.Settings.Mode == ExecutionMode.Express,
            MaxBodyBytes = NumberOf(node, "maxBodyBytes"),
        };
    }

    private static int? NumberOf(NodeDefinition node, string name) => node.Parameters[name] is { IsNumber: true } value ? (int)value.AsNumber : null;
}
