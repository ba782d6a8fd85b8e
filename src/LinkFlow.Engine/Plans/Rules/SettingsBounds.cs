using LinkFlow.Engine.Definitions;
using NodaTime;

namespace LinkFlow.Engine.Plans.Rules;

/// <summary>The workflow's settings are within their bounds, and its time zone exists.</summary>
internal static class SettingsBounds
{
    private static readonly HashSet<string> TimeZones = [.. DateTimeZoneProviders.Tzdb.Ids];

    public static void Check(WorkflowSettings settings, Findings findings)
    {
        Within("timeoutSeconds", settings.TimeoutSeconds, WorkflowSettings.MaxTimeoutSeconds);
        Within("maxParallelNodes", settings.MaxParallelNodes, WorkflowSettings.MaxParallelNodesLimit);
        Within("maxConcurrentExecutions", settings.MaxConcurrentExecutions, WorkflowSettings.MaxConcurrentExecutionsLimit);
        if (!TimeZones.Contains(settings.Timezone))
            findings.Error("UNKNOWN_TIMEZONE", $"'{settings.Timezone}' is no IANA time zone; one looks like Europe/Berlin.{findings.Guesses.For(settings.Timezone, TimeZones)}", null, "/settings/timezone");

        void Within(string field, int? value, int most)
        {
            if (value is null || (value >= 1 && value <= most)) return;
            findings.Error("SETTING_OUT_OF_RANGE", $"The setting {field} is {value}; 1 to {most} is allowed.", null, $"/settings/{field}");
        }
    }
}
