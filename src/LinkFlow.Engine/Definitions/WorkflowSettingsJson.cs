using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>A workflow's settings' form in the API.</summary>
internal static class WorkflowSettingsJson
{
    public static WorkflowSettings Read(FieldReader reader)
    {
        reader.Know("the settings", "timeoutSeconds", "maxParallelNodes", "mode", "errorWorkflowId", "timezone", "saveData",
            "maxConcurrentExecutions", "lenientPaths", "liveVariables");
        var absent = new WorkflowSettings();
        return absent with
        {
            TimeoutSeconds = reader.Integer("timeoutSeconds"),
            MaxParallelNodes = reader.Integer("maxParallelNodes") ?? absent.MaxParallelNodes,
            Mode = reader.Word("mode", absent.Mode),
            ErrorWorkflowId = reader.Name("errorWorkflowId"),
            Timezone = reader.Name("timezone") ?? absent.Timezone,
            SaveData = reader.Word("saveData", absent.SaveData),
            MaxConcurrentExecutions = reader.Integer("maxConcurrentExecutions"),
            LenientPaths = reader.Boolean("lenientPaths", absent.LenientPaths),
            LiveVariables = reader.Boolean("liveVariables", absent.LiveVariables),
        };
    }

    public static ObjectValue Write(WorkflowSettings settings) => new(9)
    {
        { "timeoutSeconds", OrNull(settings.TimeoutSeconds) },
        { "maxParallelNodes", settings.MaxParallelNodes },
        { "mode", DefinitionWords.Word(settings.Mode) },
        { "errorWorkflowId", settings.ErrorWorkflowId },
        { "timezone", settings.Timezone },
        { "saveData", DefinitionWords.Word(settings.SaveData) },
        { "maxConcurrentExecutions", OrNull(settings.MaxConcurrentExecutions) },
        { "lenientPaths", settings.LenientPaths },
        { "liveVariables", settings.LiveVariables },
    };

    private static Value OrNull(int? number) => number is { } n ? Value.From((double)n) : Value.Null;
}
