namespace LinkFlow.Local.Journal.Actors;

/// <summary>An attempt could not be carried out, for no fault of its node: what it needs could not be read.</summary>
internal sealed class AttemptFaultException(string node, Exception fault) : Exception($"Node '{node}' could not be run: {fault.Message}", fault)
{
    public Exception Fault { get; } = fault;
}
