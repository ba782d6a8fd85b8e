using Microsoft.DurableTask.Client;

namespace LinkFlow.Functions.Hosting;

/// <summary>
/// The client of the Durable Task runtime that the running function was given. It comes by binding only, so each function
/// that has the binding puts it here, and what runs within the function finds it.
/// </summary>
/// <param name="remembers">True: what runs behind no function finds the last one that was given. For development, where the bus is in the process.</param>
public sealed class CurrentDurableClient(bool remembers = false)
{
    private static readonly AsyncLocal<DurableTaskClient?> Current = new();

    private volatile DurableTaskClient? _last;

    /// <summary>Null: nothing runs here that has one.</summary>
    public DurableTaskClient? Value => Current.Value ?? _last;

    /// <exception cref="InvalidOperationException">The running function has no binding of the client.</exception>
    public DurableTaskClient Require() => Value
        ?? throw new InvalidOperationException("The running function has no DurableTaskClient. Add a [DurableClient] parameter to it and hand it to CurrentDurableClient.Use.");

    /// <summary>Puts the client in place for what the caller runs until the result is disposed.</summary>
    public IDisposable Use(DurableTaskClient client)
    {
        var before = Current.Value;
        Current.Value = client;
        if (remembers) _last = client;
        return new Restore(before);
    }

    private sealed class Restore(DurableTaskClient? before) : IDisposable
    {
        public void Dispose() => Current.Value = before;
    }
}
