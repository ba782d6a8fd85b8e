namespace LinkFlow.Functions.Orchestration;

/// <summary>What one generation of an orchestration begins with: the first, or one that goes on after ContinueAsNew.</summary>
/// <param name="Generation">1 for the first.</param>
/// <param name="Workflow">The workflow's version as JSON: <see cref="PlannedDefinition"/>.</param>
/// <param name="Events">From the first on, without their data; null: <paramref name="Snapshot"/> tells.</param>
/// <param name="Snapshot">The state as the last generation left it; null: this is the first.</param>
/// <param name="LastAt">Of the last event, Unix ms.</param>
/// <param name="InboxPosition">The history holds all commands up to it.</param>
/// <param name="IsRung">The doorbell rang before this generation and was not heard.</param>
public sealed record OrchestrationInput(
    string Tenant, string ExecutionId, int Generation, PackedText Workflow, PackedText? Events, PackedText? Snapshot, long LastAt, long InboxPosition = 0, bool IsRung = false)
{
    public const int CurrentShape = 1;

    /// <summary>The shape of this record and of what activities are given and return.</summary>
    public int Shape { get; init; } = CurrentShape;
}
