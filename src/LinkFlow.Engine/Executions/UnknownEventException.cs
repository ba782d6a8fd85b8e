namespace LinkFlow.Engine.Executions;

/// <summary>A stored event is of a type or version that this installation does not know: the execution is parked, the event never skipped.</summary>
/// <param name="type">As stored.</param>
/// <param name="version">As stored.</param>
public sealed class UnknownEventException(string type, int version)
    : Exception($"The history holds an event of type '{type}', version {version}, which this version of LinkFlow does not know. A newer one wrote it: start that one.")
{
    public string Type { get; } = type;
    public int Version { get; } = version;
}
