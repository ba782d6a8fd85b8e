using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Workflows;

/// <summary>What a caller may say of a workflow, checked and with defaults made explicit.</summary>
public sealed record WorkflowDraft(string Name, string Description, IReadOnlyList<string> Tags, ObjectValue Metadata, ObjectValue Content);

/// <summary>Reads the bodies of <c>/workflows</c>.</summary>
public static class WorkflowRequests
{
    public const int MaxDescriptionLength = 10_000;
    public const int MaxTags = 50;
    public const int MaxTagLength = 64;

    private static readonly string[] Writable = ["name", "description", "tags", "metadata", "nodes", "connections", "settings", "pinData"];
    private static readonly string[] ReadOnly = ["id", "status", "version", "activeVersion", "createdAt", "updatedAt", "createdBy"];
    private static readonly string[] Known = [.. Writable, .. ReadOnly];

    /// <summary>A whole workflow, as POST and PUT take it: what is absent has its default, read-only fields are ignored.</summary>
    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static WorkflowDraft Read(ObjectValue body, LimitsOptions limits)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(Known);
        var draft = new WorkflowDraft(
            fields.Name("name", limits.WorkflowNameLength) ?? "",
            fields.Text("description", MaxDescriptionLength) ?? "",
            [.. (fields.Texts("tags", MaxTags, MaxTagLength) ?? []).Distinct(StringComparer.Ordinal)],
            fields.Object("metadata") ?? new ObjectValue(),
            ReadContent(body, limits, problems));
        problems.ThrowIfAny();
        return draft;
    }

    /// <summary>The definition in a body, made explicit; what is wrong goes to <paramref name="problems"/>.</summary>
    public static ObjectValue ReadContent(ObjectValue body, LimitsOptions limits, Problems problems)
    {
        var errors = new List<FieldError>();
        var definition = WorkflowDefinitionJson.Read(body, errors, LimitsOf(limits));
        foreach (var error in errors) problems.Add(error.Pointer, error.Message);
        return WorkflowDefinitionJson.Write(definition);
    }

    public static DefinitionLimits LimitsOf(LimitsOptions limits) => new() { MaxNodes = limits.WorkflowNodes };

    /// <summary>The writable fields of a shown workflow with a JSON merge patch (RFC 7396) applied.</summary>
    public static ObjectValue Patch(Workflow workflow, ObjectValue patch) => MergePatch.Apply(workflow.Show(), patch).AsObject!;

    /// <summary>The optional <c>{"version": n}</c>.</summary>
    public static int? ReadVersion(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["version"]);
        var version = fields.Integer("version", 1, int.MaxValue);
        problems.ThrowIfAny();
        return version;
    }

    /// <summary>The optional <c>{"name": "…"}</c>.</summary>
    public static string? ReadName(ObjectValue body, LimitsOptions limits)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["name"]);
        var name = fields.Has("name") ? fields.Name("name", limits.WorkflowNameLength) : null;
        problems.ThrowIfAny();
        return name;
    }
}
