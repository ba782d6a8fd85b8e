using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Engine.Tests.Plans.Rules;

public sealed class BoundsTests
{
    public static TheoryData<RetryPolicy, string?> RetryPolicies => new()
    {
        { new() { MaxAttempts = 1, InitialDelayMs = 0, MaxDelayMs = 0, Jitter = 0 }, null },
        { new() { MaxAttempts = 100, InitialDelayMs = 86_400_000, MaxDelayMs = 86_400_000, Jitter = 1 }, null },
        { new() { MaxAttempts = 0 }, "Node 'a' has retry.maxAttempts 0; 1 to 100 is allowed. (/nodes/1/retry/maxAttempts)" },
        { new() { MaxAttempts = 101 }, "Node 'a' has retry.maxAttempts 101; 1 to 100 is allowed. (/nodes/1/retry/maxAttempts)" },
        { new() { InitialDelayMs = -1 }, "Node 'a' has retry.initialDelayMs -1; 0 to 86400000 is allowed. (/nodes/1/retry/initialDelayMs)" },
        { new() { MaxDelayMs = 86_400_001 }, "Node 'a' has retry.maxDelayMs 86400001; 0 to 86400000 is allowed. (/nodes/1/retry/maxDelayMs)" },
        { new() { Jitter = 1.5 }, "Node 'a' has retry.jitter 1.5; 0 to 1 is allowed. (/nodes/1/retry/jitter)" },
        { new() { Jitter = double.NaN }, "Node 'a' has retry.jitter NaN; 0 to 1 is allowed. (/nodes/1/retry/jitter)" },
    };

    [Theory]
    [MemberData(nameof(RetryPolicies))]
    public void Retry_policies_have_bounds(RetryPolicy retry, string? message) =>
        Assert.Equal(message, TheOnly(Graph.Of("start > a").With("a", n => n with { Retry = retry }), "RETRY_OUT_OF_RANGE"));

    [Theory]
    [InlineData(1, null)]
    [InlineData(86_400, null)]
    [InlineData(0, "Node 'a' has timeoutSeconds 0; 1 to 86400 is allowed. (/nodes/1/timeoutSeconds)")]
    [InlineData(86_401, "Node 'a' has timeoutSeconds 86401; 1 to 86400 is allowed. (/nodes/1/timeoutSeconds)")]
    public void Node_timeouts_have_bounds(int seconds, string? message) =>
        Assert.Equal(message, TheOnly(Graph.Of("start > a").With("a", n => n with { TimeoutSeconds = seconds }), "TIMEOUT_OUT_OF_RANGE"));

    public static TheoryData<WorkflowSettings, string?> Settings => new()
    {
        { new() { TimeoutSeconds = 1, MaxParallelNodes = 100, MaxConcurrentExecutions = 1 }, null },
        { new() { TimeoutSeconds = 0 }, "The setting timeoutSeconds is 0; 1 to 31536000 is allowed. (/settings/timeoutSeconds)" },
        { new() { MaxParallelNodes = 0 }, "The setting maxParallelNodes is 0; 1 to 100 is allowed. (/settings/maxParallelNodes)" },
        { new() { MaxParallelNodes = 101 }, "The setting maxParallelNodes is 101; 1 to 100 is allowed. (/settings/maxParallelNodes)" },
        { new() { MaxConcurrentExecutions = -3 }, "The setting maxConcurrentExecutions is -3; 1 to 10000 is allowed. (/settings/maxConcurrentExecutions)" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Settings_have_bounds(WorkflowSettings settings, string? message) =>
        Assert.Equal(message, TheOnly(Graph.Of("start > a") with { Settings = settings }, "SETTING_OUT_OF_RANGE"));

    [Theory]
    [InlineData("UTC", null)]
    [InlineData("America/Argentina/Buenos_Aires", null)]
    [InlineData("Europe/Vienne", "'Europe/Vienne' is no IANA time zone; one looks like Europe/Berlin. Did you mean 'Europe/Vienna'? (/settings/timezone)")]
    [InlineData("UTC+05:30", "'UTC+05:30' is no IANA time zone; one looks like Europe/Berlin. (/settings/timezone)")]
    public void The_time_zone_is_one_of_IANAs(string timezone, string? message) =>
        Assert.Equal(message, TheOnly(Graph.Of("start > a").With(s => s with { Timezone = timezone }), "UNKNOWN_TIMEZONE"));

    private static string? TheOnly(WorkflowDefinition definition, string code)
    {
        var errors = DefinitionValidation.Of(definition, TestNodes.Registry, new DefinitionLimits()).Errors;
        Assert.All(errors, e => Assert.Equal(code, e.Code));
        return errors.Count == 0 ? null : $"{Assert.Single(errors).Message} ({errors[0].Pointer})";
    }
}
