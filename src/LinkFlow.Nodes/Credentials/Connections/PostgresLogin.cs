using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Nodes.Credentials.Connections;

/// <summary>Logs in at a PostgreSQL server and leaves: protocol 3.0 with SCRAM-SHA-256, MD5 or clear passwords.</summary>
internal static class PostgresLogin
{
    private const int TlsRequest = 80877103;
    private const int Protocol3 = 196608;

    /// <summary>What a server may ask of a client's hashing: more would be an attack on us.</summary>
    private const int MostIterations = 1_000_000;

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
        var scram = new Scram(password);
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
        var rest = body.AsSpan(4);
        switch (BinaryPrimitives.ReadInt32BigEndian(body))
        {
            case 0: return null;
            case 3: return Framed('p', Text(password));
            case 5: return Framed('p', Text("md5" + Md5(Encoding.UTF8.GetBytes(Md5(Encoding.UTF8.GetBytes(password + user))), rest[..4])));
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

    /// <summary>The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.</summary>
    private sealed class Scram(string password)
    {
        private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        private byte[] _serverSignature = [];

        private string FirstBare => "n=,r=" + _nonce;

        public string First() => "n,," + FirstBare;

        /// <exception cref="FormatException">The server's message is none, or asks for too much.</exception>
        public string Final(string serverFirst)
        {
            var (nonce, salt, count) = (Field(serverFirst, 'r'), Convert.FromBase64String(Field(serverFirst, 's')), Field(serverFirst, 'i'));
            if (!nonce.StartsWith(_nonce, StringComparison.Ordinal) || nonce.Length == _nonce.Length) throw new FormatException("the server's nonce does not continue ours.");
            if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < 1 or > MostIterations)
                throw new FormatException($"the server asks for {count} iterations; at most {MostIterations} are done.");
            var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);
            var withoutProof = $"c=biws,r={nonce}";
            var message = Encoding.UTF8.GetBytes($"{FirstBare},{serverFirst},{withoutProof}");
            var proof = HMACSHA256.HashData(salted, "Client Key"u8.ToArray());
            var signature = HMACSHA256.HashData(SHA256.HashData(proof), message);
            for (var i = 0; i < proof.Length; i++) proof[i] ^= signature[i];
            _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8.ToArray()), message);
            return $"{withoutProof},p={Convert.ToBase64String(proof)}";
        }

        /// <exception cref="FormatException">The server does not know the password either.</exception>
        public void Verify(string serverFinal)
        {
            if (!CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(Field(serverFinal, 'v')), _serverSignature))
                throw new FormatException("the server could not prove that it knows the password.");
        }

        private static string Field(string message, char name) =>
            message.Split(',').FirstOrDefault(f => f.Length > 1 && f[0] == name && f[1] == '=')?[2..] ?? throw new FormatException($"the server's message has no field '{name}'.");
    }
}
