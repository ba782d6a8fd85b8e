namespace LinkFlow.Functions.Orchestration;

/// <summary>Names by which the durable runtime knows the orchestration, its activities and its event. Histories hold them: they never change.</summary>
public static class Orchestrations
{
    /// <summary>One execution; its instance id is the execution's id.</summary>
    public const string Name = "execution";

    /// <summary>The version that new instances get (host.json's defaultVersion).</summary>
    public const string Version = "1.0";

    /// <summary>Says only that the inbox holds something: the event that an orchestration is woken by.</summary>
    public const string Doorbell = "doorbell";

    public const string RunBatch = "run-batch";
    public const string Append = "append";
    public const string ReadInbox = "read-inbox";
    public const string StartChildren = "start-children";
    public const string TellChildren = "tell-children";
    public const string StopAttempts = "stop-attempts";
    public const string Load = "load";
    public const string Park = "park";
}
