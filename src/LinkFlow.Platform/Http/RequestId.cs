using System.Buffers.Binary;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace LinkFlow.Platform.Http;

/// <summary>The id that a request's answer and log lines carry: the caller's own, when it is plain, else a fresh one.</summary>
public static class RequestId
{
    public const string Header = "X-Request-Id";
    public const int MaxLength = 128;

    private static long _next = BinaryPrimitives.ReadInt64LittleEndian(Guid.NewGuid().ToByteArray());

    public static string Of(HttpContext context) => context.TraceIdentifier;

    /// <summary>Takes the caller's id or draws one, and puts it on the answer.</summary>
    public static void Assign(HttpContext context)
    {
        var given = context.Request.Headers[Header];
        var id = given.Count == 1 && IsPlain(given[0]) ? given[0]! : Draw();
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
    }

    // Unpredictable start, then counted: unique within the process and cheap.
    private static string Draw() => Interlocked.Increment(ref _next).ToString("x16", CultureInfo.InvariantCulture);

    private static bool IsPlain(string? id)
    {
        if (id is not { Length: > 0 and <= MaxLength }) return false;
        foreach (var c in id)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':' or '/' or '+' or '=' or '@' or '~')) return false;
        return true;
    }
}
