namespace LinkFlow.Engine.Executions.Folding;

/// <summary>Why no new step starts any more.</summary>
/// <param name="Status">How the execution will end: error, cancelled or timed_out.</param>
/// <param name="Compensates">What was done is undone first.</param>
internal sealed record StopProgress(ExecutionStatus Status, bool Compensates);
