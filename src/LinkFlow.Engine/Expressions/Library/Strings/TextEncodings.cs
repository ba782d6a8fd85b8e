using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library.Strings.Digests;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Strings;

/// <summary>A string in another notation: Base64, percent signs, quotation marks, or as a digest.</summary>
internal static class TextEncodings
{
    private const string Algorithms = "md5, sha1, sha224, sha256, sha384, sha512, sha3 (SHA3-512), ripemd160 or base64";

    public static MethodList All { get; } = new()
    {
        { "hash(algorithm?: string): string", $"The digest of its UTF-8 bytes in hexadecimal: {Algorithms}; md5 unless given. Digests protect no passwords.", "'hello'.hash('sha256')", Hash },
        { "base64Encode(): string", "Its UTF-8 bytes in Base64.", "'hello'.base64Encode()",
            (run, self, _) => run.Made(Convert.ToBase64String(Bytes(run, self.AsString!))) },
        { "base64Decode(): string", "The text whose UTF-8 bytes it is in Base64, also in that of URLs and without padding; an error when it is none.", "'aGVsbG8='.base64Decode()",
            (run, self, _) => run.Made(FromBase64(run, self.AsString!)) },
        { "urlEncode(entire?: boolean): string", "For a part of a URL, as encodeURIComponent; with true for a whole URL, as encodeURI.", "'name=Ada Lovelace'.urlEncode()",
            (run, self, args) => UriText.Encode(run, self.AsString!, Coercion.ToBoolean(args.At(0))) },
        { "urlDecode(entire?: boolean): string", "The opposite of urlEncode. An error when a %XX is malformed.", "'name%3DAda%20Lovelace'.urlDecode()",
            (run, self, args) => UriText.Decode(run, self.AsString!, Coercion.ToBoolean(args.At(0))) },
        { "quote(mark?: string): string", "Between quotation marks, with \\ before those in it and before \\; \" unless another mark is given.", "'say \"hi\"'.quote()", Quote },
    };

    private static Value Hash(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var algorithm = arguments.At(0).IsUndefined ? "md5" : Coercion.ToString(run, arguments.At(0)).ToLowerInvariant();
        var bytes = Bytes(run, self.AsString!);
        run.Steps(bytes.Length / 4);
        return algorithm switch
        {
            "md5" => Hex(run, Broken.Md5(bytes)),
            "sha1" => Hex(run, Broken.Sha1(bytes)),
            "sha224" => Hex(run, Sha224.Of(bytes)),
            "sha256" => Hex(run, SHA256.HashData(bytes)),
            "sha384" => Hex(run, SHA384.HashData(bytes)),
            "sha512" => Hex(run, SHA512.HashData(bytes)),
            "sha3" => Hex(run, Sha3.Of512(bytes)),
            "ripemd160" => Hex(run, Ripemd160.Of(bytes)),
            "base64" => run.Made(Convert.ToBase64String(bytes)),
            _ => throw run.TypeError($"There is no algorithm '{algorithm}'. There are {Algorithms}."),
        };
    }

    private static Value Hex(Run run, byte[] digest) => run.Made(Convert.ToHexStringLower(digest));

    private static byte[] Bytes(Run run, string text)
    {
        run.Steps(text.Length / 16);
        run.Make(text.Length);
        return Encoding.UTF8.GetBytes(text);
    }

    private static string FromBase64(Run run, string text)
    {
        run.Steps(text.Length / 4);
        run.Make(text.Length);
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            if (!char.IsWhiteSpace(c) && c != '=') plain.Append(c switch { '-' => '+', '_' => '/', _ => c });
        plain.Append('=', (4 - plain.Length % 4) % 4);
        var bytes = new byte[plain.Length / 4 * 3];
        return Convert.TryFromBase64String(plain.ToString(), bytes, out var written)
            ? Encoding.UTF8.GetString(bytes, 0, written)
            : throw run.TypeError("This string is not Base64: letters, digits, + and / (or - and _) were expected, and perhaps = at the end.");
    }

    private static Value Quote(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var mark = arguments.At(0).IsUndefined ? "\"" : Coercion.ToString(run, arguments.At(0));
        var text = self.AsString!;
        run.Steps(text.Length / 4);
        run.Make(text.Length * 2.0 + mark.Length * 2.0);
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal);
        if (mark.Length > 0)
        {
            run.Make((double)text.Length / mark.Length);
            text = text.Replace(mark, "\\" + mark, StringComparison.Ordinal);
        }

        return run.Made(mark + text + mark);
    }
}
