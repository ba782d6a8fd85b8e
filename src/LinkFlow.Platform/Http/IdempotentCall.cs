using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Http;

/// <summary>One call with an Idempotency-Key: where its answer is kept, and whether it is kept already.</summary>
/// <param name="bodyHash">Of the body, once that has been read to its end.</param>
public sealed class IdempotentCall(string recordId, Func<string> bodyHash, byte[] callerSecret, DateTimeOffset expiresAt)
{
    public static readonly DocumentType Type = new("idempotency");

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Drawn from tenant, principal, method, path and key.</summary>
    public string RecordId { get; } = recordId;

    /// <summary>True once an answer went into a unit of work.</summary>
    public bool IsRemembered { get; private set; }

    /// <summary>Puts the answer into a unit of work; a later one replaces it.</summary>
    public void Remember(UnitOfWork work, Answer answer, bool isSecret = false)
    {
        var stored = answer.ToValue();
        var record = new ObjectValue { { "bodyHash", bodyHash() } };
        if (isSecret) record.Add("sealed", Seal(JsonText.WriteBytes(stored)));
        else record.Add("answer", stored);
        work.Put(Type, RecordId, record, expected: IsRemembered ? null : 0, expiresAt: expiresAt);
        IsRemembered = true;
    }

    /// <summary>The remembered answer.</summary>
    /// <exception cref="ApiException">409: the key was used with another body.</exception>
    public Answer Replay(Document record)
    {
        if (record.Body["bodyHash"].AsString != bodyHash())
            throw ApiException.Conflict("This Idempotency-Key was used with another body. Use a new key for a new request.");
        return Answer.FromValue(record.Body["sealed"].AsString is { } text ? JsonText.Parse(Open(text)) : record.Body["answer"]);
    }

    private string Seal(byte[] plain)
    {
        var bytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = bytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(SealingKey(), TagBytes);
        aes.Encrypt(nonce, plain, bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length));
        return Convert.ToBase64String(bytes);
    }

    private byte[] Open(string text)
    {
        var bytes = Convert.FromBase64String(text);
        var plain = new byte[bytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(SealingKey(), TagBytes);
        aes.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length), plain);
        return plain;
    }

    private byte[] SealingKey() => HKDF.DeriveKey(HashAlgorithmName.SHA256, callerSecret, 32, info: Encoding.UTF8.GetBytes("idempotency " + RecordId));
}
