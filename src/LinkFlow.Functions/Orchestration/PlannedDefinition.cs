using System.Buffers;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Executions.Running;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Orchestration;

/// <summary>A workflow's version as an orchestration carries it: what its plan follows from, and nothing that only people look at.</summary>
public static class PlannedDefinition
{
    private static readonly DefinitionLimits NoLimits = new() { MaxNodes = int.MaxValue, MaxConnections = int.MaxValue };

    /// <param name="isManual">Pinned data counts.</param>
    public static ReadOnlyMemory<byte> Write(PlannedWorkflow workflow, bool isManual)
    {
        var definition = workflow.Version.Definition;
        var json = new ObjectValue(6)
        {
            { "workflowId", workflow.Version.WorkflowId },
            { "name", workflow.Version.Name },
            { "version", workflow.Version.Version },
            { "startNode", workflow.Plan.StartNode.Id },
            { "manual", isManual },
            {
                "definition", WorkflowDefinitionJson.Write(definition with
                {
                    Nodes = [.. definition.Nodes.Select(n => n with { Notes = null, Position = default })],
                    PinData = isManual ? definition.PinData : new ObjectValue(),
                })
            },
        };
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = JsonText.CreateWriter(buffer)) JsonText.Write(writer, json);
        return buffer.WrittenMemory;
    }

    /// <exception cref="FormatException">It was not written by <see cref="Write"/>.</exception>
    /// <exception cref="ArgumentException">It cannot be run by this version.</exception>
    public static PlannedWorkflow Read(ReadOnlyMemory<byte> text, NodeRegistry registry)
    {
        var json = JsonText.ParseStored(text.Span);
        var errors = new List<FieldError>();
        var definition = WorkflowDefinitionJson.Read(json["definition"], errors, NoLimits);
        if (errors.Count > 0) throw new FormatException($"The workflow of an orchestration cannot be read: {errors[0]}");
        var version = new WorkflowVersion(json["workflowId"].AsString!, json["name"].AsString!, (int)json["version"].AsNumber, definition);
        return PlannedWorkflow.Build(version, registry, json["startNode"].AsString!, json["manual"] is { IsBoolean: true, AsBoolean: true });
    }
}
