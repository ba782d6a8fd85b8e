using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Nodes.Credentials.Connections;

/// <summary>Logs in at a PostgreSQL server and leaves: protocol 3.0 with SCRAM-SHA-256, MD5 or clear passwords.</summary>
internal static class PostgresLogin
{
    private const int TlsRequest = 80877103;
    private const int Protocol3 = 196608;

    public static async Task<CredentialTest> TryAsync(TrialConnection connection, string user, string password, string database, bool tls, CancellationToken cancellationToken)
    {
        if (tls)
        {
            await connection.SendAsync(Framed(null, Number(TlsRequest)), cancellationToken).ConfigureAwait(false);
            if ((await connection.ReadAsync(1, cancellationToken).ConfigureAwait(false))[0] != 'S')
                return CredentialTest.Fail("The server offers no TLS. Set 'tls' to false only where the network is yours.");
            await connection.StartTlsAsync(cancellationToken).ConfigureAwait(false);
        }

        await connection.SendAsync(Framed(null, [.. Number(Protocol3), .. Text("user"), .. Text(user), .. Text("database"), .. Text(database), 0]), cancellationToken).ConfigureAwait(false);
        var scram = new Scram("", password, Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));
        while (true)
        {
            var (type, body) = await MessageAsync(connection, cancellationToken).ConfigureAwait(false);
            switch (type)
            {
                case 'R':
                    if (Answer(body, user, password, scram) is { } answer) await connection.SendAsync(answer, cancellationToken).ConfigureAwait(false);
                    break;
                case 'E':
                    return CredentialTest.Fail($"The server refused: {ErrorOf(body)}");
                case 'Z':
                    await connection.SendAsync(Framed('X', []), cancellationToken).ConfigureAwait(false);
                    return CredentialTest.Pass($"Logged in to the database{(tls ? " over TLS" : "")}.");
            }
        }
    }

    /// <returns>What to send; null: nothing.</returns>
    private static byte[]? Answer(byte[] body, string user, string password, Scram scram)
    {
        if (body.Length < 4) throw new FormatException("the server's message is cut off.");
        var rest = body.AsSpan(4);
        switch (BinaryPrimitives.ReadInt32BigEndian(body))
        {
            case 0: return null;
            case 3: return Framed('p', Text(password));
            case 5 when rest.Length >= 4: return Framed('p', Text("md5" + Md5(Encoding.UTF8.GetBytes(Md5(Encoding.UTF8.GetBytes(password + user))), rest[..4])));
            case 10:
                if (!Encoding.ASCII.GetString(rest).Split('\0').Contains("SCRAM-SHA-256")) throw new FormatException("the server asks for a way to log in that is not known here.");
                var first = Encoding.UTF8.GetBytes(scram.First());
                return Framed('p', [.. Text("SCRAM-SHA-256"), .. Number(first.Length), .. first]);
            case 11: return Framed('p', Encoding.UTF8.GetBytes(scram.Final(Encoding.UTF8.GetString(rest))));
            case 12:
                scram.Verify(Encoding.UTF8.GetString(rest));
                return null;
            default: throw new FormatException("the server asks for a way to log in that is not known here.");
        }
    }

    private static async Task<(char Type, byte[] Body)> MessageAsync(TrialConnection connection, CancellationToken cancellationToken)
    {
        var head = await connection.ReadAsync(5, cancellationToken).ConfigureAwait(false);
        return ((char)head[0], await connection.ReadAsync(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4, cancellationToken).ConfigureAwait(false));
    }

    private static string ErrorOf(byte[] body)
    {
        var fields = Encoding.UTF8.GetString(body).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return fields.FirstOrDefault(f => f[0] == 'M')?[1..] ?? "without saying why.";
    }

    private static byte[] Framed(char? type, byte[] body)
    {
        byte[] framed = [.. Number(body.Length + 4), .. body];
        return type is { } t ? [(byte)t, .. framed] : framed;
    }

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

#pragma warning disable CA5351 // The server chose it; a server that is set up well asks for SCRAM.
    private static string Md5(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> salt = default) => Convert.ToHexStringLower(MD5.HashData([.. bytes, .. salt]));
#pragma warning restore CA5351
}
