using System.Runtime.CompilerServices;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Plans;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Variables;

/// <summary>The variables that a workflow's expressions name, held against those that there are. Unknown ones are undefined when the workflow runs, which may be meant: a warning.</summary>
public static class VariableReferences
{
    private static readonly ConditionalWeakTable<WorkflowDefinition, IReadOnlyList<Place>> Found = [];

    /// <param name="workflowId">Null: the workflow is not saved yet.</param>
    public static IEnumerable<PlanError> Warnings(WorkflowDefinition definition, string? workflowId, VariableSet variables, ObjectValue environment)
    {
        var places = Found.GetValue(definition, Find);
        if (places.Count == 0) yield break;
        var visible = variables.Visible(workflowId);
        var plain = visible.Values.Where(e => !e.IsSecret).Select(e => e.Name).ToList();
        foreach (var place in places)
            if (Problem(place.Reference, visible, plain, environment) is { } problem)
                yield return new PlanError(place.Reference.Root == "$env" ? "UNKNOWN_ENVIRONMENT_VARIABLE" : "UNKNOWN_VARIABLE", $"Node '{place.NodeId}' at {place.Reference.Position}: {problem}", place.NodeId, place.Pointer);
    }

    private static string? Problem(SettingReference reference, IReadOnlyDictionary<string, VariableSet.Entry> visible, List<string> plain, ObjectValue environment)
    {
        var name = reference.Name!;
        if (reference.Root == "$env")
            return environment.Contains(name) ? null : $"the environment variable '{name}' is not set, or LinkFlow:Expressions:Environment does not name it; it will be undefined.";
        if (!visible.TryGetValue(name, out var entry))
            return $"there is no variable '{name}'; it will be undefined.{DidYouMean.Suggestion(name, plain)}";
        return entry.IsSecret ? $"the variable '{name}' is secret and can be used only in the fields of a credential, as $secrets.{name}; here it will be undefined." : null;
    }

    private static List<Place> Find(WorkflowDefinition definition)
    {
        var places = new List<Place>();
        for (var i = 0; i < definition.Nodes.Count; i++) Find(definition.Nodes[i].Id, $"/nodes/{i}/parameters", definition.Nodes[i].Parameters, places);
        return places;
    }

    private static void Find(string nodeId, string pointer, Value value, List<Place> places)
    {
        if (value.AsString is { } text && Template.IsTemplate(text))
        {
            foreach (var reference in References(text))
                if (reference is { Name: not null, Root: "$vars" or "$env" }) places.Add(new Place(nodeId, pointer, reference));
        }
        else if (value.AsArray is { } array)
        {
            for (var i = 0; i < array.Count; i++) Find(nodeId, $"{pointer}/{i}", array[i], places);
        }
        else if (value.AsObject is { } o)
        {
            foreach (var (name, property) in o) Find(nodeId, $"{pointer}/{BodyFields.Escape(name)}", property, places);
        }
    }

    private static IReadOnlyList<SettingReference> References(string text)
    {
        try
        {
            return Template.Compile(text).Settings;
        }
        catch (ExpressionException)
        {
            // The expression itself is an error that was told.
            return [];
        }
    }

    private sealed record Place(string NodeId, string Pointer, SettingReference Reference);
}
