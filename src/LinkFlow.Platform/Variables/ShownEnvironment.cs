using LinkFlow.Engine.Values;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Variables;

/// <summary><c>$env</c>: the process's environment variables that <c>LinkFlow:Expressions:Environment</c> names, as they were at the start. Never LinkFlow's own settings.</summary>
public sealed class ShownEnvironment
{
    public ShownEnvironment(LinkFlowOptions options)
    {
        foreach (var name in options.Expressions.Environment)
            if (Environment.GetEnvironmentVariable(name) is { } value) Variables.Set(name, value);
        Variables.Freeze();
    }

    /// <summary>Name → value; frozen.</summary>
    public ObjectValue Variables { get; } = new();
}
