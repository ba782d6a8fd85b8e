using LinkFlow.Engine.Executions;
using LinkFlow.Platform.Executions;

namespace LinkFlow.Platform.Ports;

/// <summary>Tells those who follow an execution or a workflow elsewhere what became durable here. A host whose followers read the store themselves has no such port.</summary>
public interface ILiveUpdates
{
    /// <summary>Never throws for want of the service: followers who miss something find it in the history.</summary>
    /// <param name="execution">As it stands now.</param>
    /// <param name="events">What was appended.</param>
    /// <param name="isNews">Its status has changed.</param>
    Task TellAsync(string tenant, Execution execution, IReadOnlyList<ExecutionEvent> events, bool isNews, CancellationToken cancellationToken);
}
