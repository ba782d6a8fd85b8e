namespace LinkFlow.Engine.Executions;

/// <summary>The words for statuses in JSON, both ways.</summary>
public static class StatusWords
{
    private static readonly string[] Executions = ["queued", "running", "waiting", "paused", "success", "error", "cancelled", "timed_out"];
    private static readonly string[] Runs = ["waiting", "running", "success", "error", "skipped", "cancelled"];

    public static string Word(this ExecutionStatus status) => Executions[(int)status];
    public static string Word(this RunStatus status) => Runs[(int)status];

    /// <returns>Null when no status has that word.</returns>
    public static ExecutionStatus? ExecutionStatus(string word) => Find<ExecutionStatus>(Executions, word);

    /// <returns>Null when no status has that word.</returns>
    public static RunStatus? RunStatus(string word) => Find<RunStatus>(Runs, word);

    private static T? Find<T>(string[] words, string word) where T : struct, Enum =>
        Array.IndexOf(words, word) is >= 0 and var at ? (T)Enum.ToObject(typeof(T), at) : null;
}
