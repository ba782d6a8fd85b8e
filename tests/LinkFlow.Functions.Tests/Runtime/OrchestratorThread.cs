namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>Orchestrators run on one thread, step by step within the event that they waited for; what continues elsewhere is caught when it touches its context.</summary>
internal sealed class OrchestratorThread(Action onStray) : SynchronizationContext
{
    [ThreadStatic]
    private static bool t_isCurrent;

    public static void Run(Action action, Action onStray)
    {
        var (context, wasCurrent) = (Current, t_isCurrent);
        SetSynchronizationContext(new OrchestratorThread(onStray));
        t_isCurrent = true;
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(context);
            t_isCurrent = wasCurrent;
        }
    }

    /// <exception cref="InvalidOperationException">The orchestrator awaited something that is not durable, and goes on elsewhere.</exception>
    public static void Require()
    {
        if (!t_isCurrent) throw new OffThreadException();
    }

    /// <summary>Called on another thread, it goes on there, as it does under the real one: that is a mistake, and told.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!t_isCurrent) onStray();
        d(state);
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);
}

/// <summary>An orchestrator awaited what the runtime does not replay.</summary>
internal sealed class OffThreadException() : InvalidOperationException("The orchestrator goes on outside of its thread: it awaited something that the runtime does not replay.");
