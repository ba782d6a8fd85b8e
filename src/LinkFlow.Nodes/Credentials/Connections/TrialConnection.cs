using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Nodes.Credentials.Connections;

/// <summary>A connection that tries a credential: guarded, bounded in time and size, with TLS when it is wanted.</summary>
internal sealed class TrialConnection : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The longest line or message that is taken.</summary>
    private const int MaxBytes = 64 * 1024;

    private readonly string _host;
    private Stream _stream;

    private TrialConnection(string host, Stream stream)
    {
        _host = host;
        _stream = stream;
    }

    /// <summary>Connects, runs a dialogue, and turns what goes wrong into the test's result.</summary>
    /// <param name="host">A name or an address, checked by the outbound guard and against the credential's allowed hosts.</param>
    public static async ValueTask<CredentialTest> TryAsync(
        OpenedCredential credential, CredentialUse use, string host, int port, bool tls,
        Func<TrialConnection, CancellationToken, Task<CredentialTest>> dialogue, CancellationToken cancellationToken)
    {
        if (!AllowedHosts.Allow(credential.AllowedHosts, host, port))
            throw new NodeException(CredentialErrors.NotAllowed, $"The credential's 'allowedHosts' do not include {host}:{port}.");
        using var timeout = new CancellationTokenSource(Patience, use.Http.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await using var connection = new TrialConnection(host, await use.Http.ConnectAsync(host, port, either.Token).ConfigureAwait(false));
            if (tls) await connection.StartTlsAsync(either.Token).ConfigureAwait(false);
            return await dialogue(connection, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CredentialTest.Fail($"{host}:{port} did not answer within {Patience.TotalSeconds} s.");
        }
        catch (SocketException e)
        {
            return CredentialTest.Fail($"No connection to {host}:{port}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or AuthenticationException or FormatException)
        {
            return CredentialTest.Fail($"The dialogue with {host}:{port} broke: {e.Message}");
        }
    }

    /// <exception cref="AuthenticationException">The certificate is not trusted, or is another host's.</exception>
    public async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = _host }, cancellationToken).ConfigureAwait(false);
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _stream.WriteAsync(bytes, cancellationToken).AsTask();

    public Task SendLineAsync(string line, CancellationToken cancellationToken) => SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);

    /// <returns>Without its end.</returns>
    /// <exception cref="IOException">The connection ended before the line did, or the line is too long.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        // Byte by byte, so that nothing behind the line is taken: what follows may be TLS. A dialogue has a handful of short lines.
        while (line.Count < MaxBytes)
        {
            var one = await ReadAsync(1, cancellationToken).ConfigureAwait(false);
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        throw new IOException($"A line is longer than {MaxBytes} bytes.");
    }

    /// <exception cref="IOException">The connection ended before.</exception>
    public async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        if (count is < 0 or > MaxBytes) throw new IOException($"A message of {count} bytes is not expected here.");
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
