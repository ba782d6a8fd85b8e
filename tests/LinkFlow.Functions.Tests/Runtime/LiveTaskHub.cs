using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Tests.Runtime;

/// <summary>Runs the app's orchestrations and activities as they come.</summary>
internal interface ILiveRuntime : IAsyncDisposable
{
    DurableTaskClient Client { get; }
    Payloads Payloads { get; }

    /// <summary>What the app did that the real runtime does not forgive.</summary>
    IReadOnlyList<string> Violations { get; }
}

/// <summary>The tests' task hub without faults, on the clock of the machine.</summary>
internal sealed class LiveTaskHub : ILiveRuntime
{
    private readonly TaskHub _hub;
    private readonly LivePump _pump;

    public LiveTaskHub(IFunctionCode code, string version)
    {
        _hub = new TaskHub(code, TimeProvider.System, RuntimeFaults.None, new Random(1)) { DefaultVersion = version };
        _pump = new LivePump(_hub);
        Client = new RuntimeClient(_hub);
    }

    public DurableTaskClient Client { get; }
    public Payloads Payloads => _hub.Payloads;
    public IReadOnlyList<string> Violations => _hub.Violations;

    public ValueTask DisposeAsync() => _pump.DisposeAsync();
}
