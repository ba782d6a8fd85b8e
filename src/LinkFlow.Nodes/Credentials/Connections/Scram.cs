using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LinkFlow.Nodes.Credentials.Connections;

/// <summary>The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.</summary>
/// <param name="user">Without commas and equals signs; PostgreSQL takes an empty one, and the name of its own protocol.</param>
/// <param name="nonce">Drawn at random, printable, without commas.</param>
internal sealed class Scram(string user, string password, string nonce)
{
    /// <summary>What a server may ask of our hashing: more would be an attack on us.</summary>
    private const int MostIterations = 1_000_000;

    private byte[] _serverSignature = [];

    private string FirstBare => $"n={user},r={nonce}";

    public string First() => "n,," + FirstBare;

    /// <exception cref="FormatException">The server's message is none, or asks for too much.</exception>
    public string Final(string serverFirst)
    {
        var (both, salt, count) = (Field(serverFirst, 'r'), Convert.FromBase64String(Field(serverFirst, 's')), Field(serverFirst, 'i'));
        if (!both.StartsWith(nonce, StringComparison.Ordinal) || both.Length == nonce.Length) throw new FormatException("the server's nonce does not continue ours.");
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < 1 or > MostIterations)
            throw new FormatException($"the server asks for {count} iterations; at most {MostIterations} are done.");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);
        var withoutProof = $"c=biws,r={both}";
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
