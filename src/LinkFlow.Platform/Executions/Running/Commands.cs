using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>Commands as the events that they become.</summary>
public static class Commands
{
    /// <returns>An event with an id, by which it is applied once.</returns>
    public static ExecutionEvent EventFor(ExecutionCommand command) => command switch
    {
        SignalCommand signal => new SignalReceived { Id = signal.Id ?? Ids.Next(), Name = signal.Name, Body = Payload.Of([signal.Item]) },
        CancelCommand cancel => new CancelRequested { Id = Ids.Next(), Compensate = cancel.Compensate },
        PauseCommand => new PauseRequested { Id = Ids.Next() },
        ResumeCommand => new ResumeRequested { Id = Ids.Next() },
        _ => throw new ArgumentException($"{command.GetType().Name} is no command that this runtime knows.", nameof(command)),
    };
}
