using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>An orchestration as the runtime stores it.</summary>
internal sealed class Instance(string id, string name)
{
    public string Id { get; } = id;
    public string Name { get; } = name;
    public string? Input { get; set; }
    public OrchestrationRuntimeStatus Status { get; set; } = OrchestrationRuntimeStatus.Pending;
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public string? Output { get; set; }
    public string? CustomStatus { get; set; }
    public TaskFailureDetails? Failure { get; set; }

    /// <summary>Counts starts and ContinueAsNew of this id; what belongs to an earlier one is dropped.</summary>
    public int Generation { get; set; }
    public List<HistoryEvent> History { get; } = [];

    /// <summary>What has arrived and no episode has taken yet.</summary>
    public List<HistoryEvent> Inbox { get; } = [];
    public bool IsInEpisode { get; set; }
    public bool HasEnded => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public int Episodes { get; set; }
    public int Activities { get; set; }
    public long BytesOfEarlierGenerations { get; set; }
    public long HistoryBytes => History.Sum(e => (long)e.Bytes);
    public long AllHistoryBytes => BytesOfEarlierGenerations + HistoryBytes;
}

/// <summary>An activity that is to be run, until its result was delivered.</summary>
internal sealed record ActivityTask(Instance Instance, int Generation, int CallId, string Name, string? Input)
{
    public bool IsRunning { get; set; }
}

internal sealed record DueTimer(Instance Instance, int Generation, DateTimeOffset At, HistoryEvent Message);
