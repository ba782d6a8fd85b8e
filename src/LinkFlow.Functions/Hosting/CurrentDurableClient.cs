using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Hosting;

/// <summary>
/// The client of the Durable Task runtime that the running function was given. It comes by binding only, so each function
/// that has the binding puts it here, and what runs within the function finds it.
/// </summary>
public sealed class CurrentDurableClient
{
    private static readonly AsyncLocal<DurableTaskClient?> Current = new();

    /// <summary>Null: nothing runs here that has one.</summary>
    public DurableTaskClient? Value => Current.Value;

    /// <exception cref="InvalidOperationException">The running function has no binding of the client.</exception>
    public DurableTaskClient Require() => Current.Value
        ?? throw new InvalidOperationException("The running function has no DurableTaskClient. Add a [DurableClient] parameter to it and hand it to CurrentDurableClient.Use.");

    /// <summary>Puts the client in place for what the caller runs until the result is disposed.</summary>
    public IDisposable Use(DurableTaskClient client)
    {
        var before = Current.Value;
        Current.Value = client;
        return new Restore(before);
    }

    private sealed class Restore(DurableTaskClient? before) : IDisposable
    {
        public void Dispose() => Current.Value = before;
    }
}
