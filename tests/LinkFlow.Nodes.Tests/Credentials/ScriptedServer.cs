using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LinkFlow.Nodes.Tests.Credentials;

/// <summary>A server of another protocol than HTTP: says what it is told to, and remembers what it hears.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<byte> _heard = [];

    /// <param name="greeting">Said at once; bytes as Latin-1.</param>
    /// <param name="answers">Said one by one, each after something was heard.</param>
    public ScriptedServer(string greeting, params string[] answers)
    {
        _listener.Start();
        _ = ServeAsync(greeting, answers);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public string Heard
    {
        get
        {
            lock (_heard) return Encoding.Latin1.GetString([.. _heard]);
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(string greeting, string[] answers)
    {
        try
        {
            using var socket = await _listener.AcceptSocketAsync();
            var buffer = new byte[4096];
            if (greeting.Length > 0) await socket.SendAsync(Encoding.Latin1.GetBytes(greeting));
            foreach (var answer in answers.Append(""))
            {
                var count = await socket.ReceiveAsync(buffer);
                lock (_heard) _heard.AddRange(buffer.AsSpan(0, count));
                if (answer.Length > 0) await socket.SendAsync(Encoding.Latin1.GetBytes(answer));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
