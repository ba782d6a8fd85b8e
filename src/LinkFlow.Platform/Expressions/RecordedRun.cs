using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Plans;

namespace LinkFlow.Platform.Expressions;

/// <summary>A run as it began: its step, its time and what it saw of other nodes. Found by folding the history once.</summary>
/// <param name="Now">Unix ms: the recorded time of its last attempt.</param>
/// <param name="Visible">By node index.</param>
internal sealed record RecordedRun(RunNode Step, long Now, IReadOnlyDictionary<int, VisibleRun> Visible)
{
    /// <param name="referenced">The nodes, by index, whose runs are to be looked up.</param>
    /// <returns>Null: there is no such run, or it has not begun.</returns>
    public static RecordedRun? Find(IReadOnlyList<ExecutionEvent> history, ExecutionPlan plan, RunKey run, IReadOnlyCollection<int> referenced)
    {
        var search = new Search(run, referenced);
        var state = ExecutionState.Start(plan, (ExecutionStarted)history[0]);
        search.Begin(state);
        for (var i = 1; i < history.Count; i++)
        {
            state.Apply(history[i]);
            if (history[i] is NodeStarted started && new RunKey(started.Node, started.Run) == run) search.Started(started.At);
            search.Look();
        }

        return search.Found;
    }

    private sealed class Search(RunKey run, IReadOnlyCollection<int> referenced) : IRunObserver
    {
        private ExecutionState _state = null!;

        public RecordedRun? Found { get; private set; }

        public void Begin(ExecutionState state)
        {
            _state = state;
            _state.Observer = this;
            Look();
        }

        /// <summary>An external attempt takes the time at which it was recorded.</summary>
        public void Started(long at) => Found = Found is null ? null : Found with { Now = at };

        /// <summary>Takes the steps that the shell took then.</summary>
        public void Look()
        {
            foreach (var step in _state.TakeReadySteps().OfType<RunNode>())
                if (new RunKey(step.Node, step.Run) == run && step.Children.IsDefault && step.FailWith is null) Found = new RecordedRun(step, step.Now, Visible());
        }

        /// <summary>A disabled node takes no step; what it got is told when it ends.</summary>
        public void OnRun(RunSummary ended)
        {
            if (Found is not null || new RunKey(ended.Node, ended.Run) != run || ended.Status != RunStatus.Success) return;
            var step = new RunNode { Node = ended.Node, Run = ended.Run, Attempt = 1, Inputs = ended.Inputs, IsExternal = false, Now = ended.FinishedAt ?? _state.Started.At };
            Found = new RecordedRun(step, step.Now, Visible());
        }

        private Dictionary<int, VisibleRun> Visible()
        {
            var visible = new Dictionary<int, VisibleRun>();
            foreach (var target in referenced)
                if (_state.FindVisible(run, target) is { } shown) visible.Add(target, shown);
            return visible;
        }
    }
}
