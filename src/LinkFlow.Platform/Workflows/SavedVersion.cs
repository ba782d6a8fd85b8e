using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Workflows;

/// <summary>One saved version of a workflow; never changes, and outlives the workflow while an execution uses it.</summary>
public sealed record SavedVersion(string WorkflowId, int Version, string Name, ObjectValue Content, DateTimeOffset CreatedAt, string CreatedBy)
{
    public static readonly DocumentType Type = new("workflow-version", "workflowId");

    /// <summary>Sorts by workflow, then by version.</summary>
    public static string IdOf(string workflowId, int version) => string.Create(CultureInfo.InvariantCulture, $"{workflowId}.{version:D10}");

    public static SavedVersion Of(Workflow workflow, string savedBy) =>
        new(workflow.Id, workflow.Version, workflow.Name, workflow.Content, workflow.UpdatedAt, savedBy);

    public void Put(UnitOfWork work) =>
        work.Put(Type, IdOf(WorkflowId, Version), Show(), new Dictionary<string, string> { ["workflowId"] = WorkflowId }, expected: 0);

    public ObjectValue Show()
    {
        var shown = Summary();
        foreach (var (name, value) in Content) shown.Set(name, value);
        return shown;
    }

    /// <summary>For lists: everything but the content.</summary>
    public ObjectValue Summary() => new(10)
    {
        { "workflowId", WorkflowId }, { "version", Version }, { "name", Name }, { "createdAt", Rfc3339.Write(CreatedAt) }, { "createdBy", CreatedBy },
        { "nodeCount", Content["nodes"].AsArray?.Count ?? 0 },
    };

    public static SavedVersion FromDocument(Value body) => new(
        body["workflowId"].AsString!, (int)body["version"].AsNumber, body["name"].AsString!, Workflow.ContentOf(body),
        Rfc3339.TryParse(body["createdAt"].AsString!, out var time) ? time : throw new FormatException($"'{body["createdAt"]}' is no time."),
        body["createdBy"].AsString!);
}
