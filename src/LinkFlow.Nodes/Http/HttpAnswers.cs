using System.Globalization;
using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Http;

/// <summary>Makes items of an answer.</summary>
internal static class HttpAnswers
{
    public const string Invalid = "HTTP_RESPONSE_INVALID";
    private const int ExcerptLength = 200;

    /// <param name="form">auto, json, text or binary.</param>
    /// <param name="whole">One item with status, headers and body.</param>
    /// <exception cref="NodeException">The body is not of that form.</exception>
    public static IEnumerable<Item> Items(HttpCall call, HttpAnswer answer, string form, bool whole)
    {
        if (answer.File is { } file)
        {
            var json = whole ? new ObjectValue { { "statusCode", (double)answer.Status }, { "headers", answer.Headers }, { "body", Value.Null } } : new ObjectValue();
            return [new Item(json, new Dictionary<string, BinaryReference> { [AnswerFiles.Name] = file })];
        }

        var body = Body(call, answer, form);
        if (whole)
            return [Item.Of(new ObjectValue { { "statusCode", (double)answer.Status }, { "headers", answer.Headers }, { "body", body.IsUndefined ? Value.Null : body } })];
        return body.IsUndefined ? [Item.Of(new ObjectValue())] : body.AsArray is { } elements ? elements.Select(Item.Of) : [Item.Of(body)];
    }

    /// <summary>The failure that a status of 400 and more is.</summary>
    public static NodeError StatusError(HttpCall call, HttpAnswer answer)
    {
        var status = (int)answer.Status;
        var message = new StringBuilder($"{call.Name} was answered {status}");
        if (answer.Reason is { Length: > 0 } reason) message.Append(' ').Append(reason);
        if (Excerpt(answer) is { Length: > 0 } excerpt) message.Append(": ").Append(excerpt);
        return new NodeError(
            string.Create(CultureInfo.InvariantCulture, $"HTTP_{status}"),
            message.ToString(),
            Transient: call.MayRepeat && status is 429 or 502 or 503 or 504,
            RetryAfterMs: answer.RetryAfterMs);
    }

    /// <returns>Undefined when there is none.</returns>
    private static Value Body(HttpCall call, HttpAnswer answer, string form)
    {
        if (answer.Body.Length == 0) return form == "text" ? Value.EmptyString : Value.Undefined;
        if (form == "json" || (form == "auto" && IsJson(answer))) return Parse(call, answer.Body);
        return Text(call, answer);
    }

    private static bool IsJson(HttpAnswer answer) =>
        answer.ContentType?.MediaType is { } type && (type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static Value Parse(HttpCall call, byte[] body)
    {
        var utf8 = body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body.AsSpan(3) : body;
        try
        {
            return JsonText.Parse(utf8);
        }
        catch (JsonTextException e)
        {
            throw new NodeException(new NodeError(Invalid, $"The answer to {call.Name} is no JSON: {e.Message} Set 'response' to 'text' to take it as it is."), e);
        }
    }

    private static string Text(HttpCall call, HttpAnswer answer)
    {
        try
        {
            return EncodingOf(answer, throwing: true).GetString(answer.Body).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new NodeException(new NodeError(Invalid, $"The answer to {call.Name} ({answer.ContentType?.MediaType ?? "of no stated type"}) is no text."), e);
        }
    }

    private static string Excerpt(HttpAnswer answer)
    {
        if (!IsJson(answer) && answer.ContentType?.MediaType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) != true) return "";
        var text = EncodingOf(answer, throwing: false).GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, ExcerptLength * 4))).Trim();
        return text.Length > ExcerptLength ? text[..ExcerptLength] + "…" : text;
    }

    private static Encoding EncodingOf(HttpAnswer answer, bool throwing)
    {
        var name = answer.ContentType?.CharSet?.Trim('"') ?? "utf-8";
        var fallback = throwing ? DecoderFallback.ExceptionFallback : DecoderFallback.ReplacementFallback;
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, fallback);
        }
        catch (ArgumentException)
        {
            // A character set that .NET does not know: nearly all such pages are UTF-8 nevertheless.
            return Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, fallback);
        }
    }
}
