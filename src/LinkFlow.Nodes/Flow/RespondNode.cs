using System.Buffers.Text;
using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Files;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Flow;

/// <summary>Answers the caller of the webhook that started the execution, and hands its items on.</summary>
internal sealed class RespondNode : INode
{
    /// <summary>Headers that frame the answer, which is the server's business.</summary>
    private static readonly HashSet<string> ServersOwn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Date", "Keep-Alive", "Server", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    public NodeDescriptor Descriptor { get; } = new()
    {
        Type = "respond",
        Name = "Respond",
        Group = "flow",
        Description = "Answers the caller of the webhook. The first respond node that runs counts; the workflow goes on behind it.",
        ParametersSchema = Json.Object("""
            {
              "type": "object",
              "properties": {
                "status": { "type": "integer", "minimum": 200, "maximum": 599, "description": "Default 200; 302 for a redirect, 204 for empty." },
                "headers": { "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] }, "description": "Headers of the answer. Cookies cannot be set." },
                "as": { "enum": ["json", "text", "html", "binary", "items", "redirect", "empty"], "default": "json", "description": "json: the body as JSON; items: the json of all items as a list; binary: the body is a file of the item, {{ $binary.data }}, or base64; redirect: the body is the URL." },
                "body": { "description": "Default: the first item's json; with binary its only file, or its file 'data'." }
              },
              "additionalProperties": false
            }
            """),
        Documentation = """
            Needs a webhook with `responseMode: respondNode`; started otherwise, the answer is only recorded, and is the execution's output.
            The items go on unchanged. A file is sent as it comes from the store, with its type and its name. `Content-Type` follows `as` and may be set in `headers`; `Set-Cookie` is refused.
            """,
        Example = Json.Object("""{"id":"answer","type":"respond","name":"Answer","parameters":{"status":201,"body":{"id":"{{ $json.id }}"}}}"""),
    };

    public ValueTask<NodeResult> ExecuteAsync(NodeContext context, CancellationToken cancellationToken)
    {
        var result = PassOn.All(context);
        var first = context.Pending is [var pending, ..] ? pending : 0;
        try
        {
            result.Response = Response(context, first);
        }
        catch (NodeException e)
        {
            result.Fail(first, e.Error);
        }

        return new(result);
    }

    private static ObjectValue Response(NodeContext context, int item)
    {
        var form = context.Choice(item, "as", "json", "json", "text", "html", "binary", "items", "redirect", "empty");
        return new ObjectValue
        {
            { "status", context.Whole(item, "status", 200, 599, form switch { "redirect" => 302, "empty" => 204, _ => 200 }) },
            { "headers", Headers(context, item) },
            { "as", form },
            { "body", Body(context, item, form) },
        };
    }

    private static ObjectValue Headers(NodeContext context, int item)
    {
        var headers = context.Object(item, "headers");
        if (headers.Count == 0) return headers;
        var result = new ObjectValue(headers.Count);
        foreach (var (name, value) in headers)
        {
            if (name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)) throw Refused(context, name, "answers of workflows cannot set cookies");
            if (ServersOwn.Contains(name)) throw Refused(context, name, "the server sets it itself");
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))) throw Refused(context, name, "it is no header's name");
            var text = value.AsString ?? (value.IsNumber || value.IsBoolean ? value.ToString() : throw ParameterReading.Invalid(context, $"headers.{name}", "must be a string", value));
            if (text.Any(c => c is < ' ' and not '\t' or (char)127)) throw Refused(context, name, "its value holds a control character");
            result.Set(name, text);
        }

        return result;
    }

    private static Value Body(NodeContext context, int item, string form)
    {
        if (form == "empty") return Value.Null;
        if (form == "items") return new ArrayValue(context.Items.Select(i => Value.From(i.Json)));
        if (form == "binary" && File(context, item) is { } file) return file;
        var body = context.Parameters["body"] is null ? FirstJson(context, item) : context.Parameter(item, "body");
        switch (form)
        {
            case "json":
                return body;
            case "redirect" when body.AsString is not { Length: > 0 } url || !Uri.TryCreate(url, UriKind.RelativeOrAbsolute, out _):
                throw ParameterReading.Invalid(context, "body", "must be the URL to go to", body);
            case "binary" when body.AsString is not { } base64 || !Base64.IsValid(base64):
                throw ParameterReading.Invalid(context, "body", "must be a file of an item, like {{ $binary.data }}, or base64 text", body);
            case "text" or "html":
                return body.IsNumber || body.IsBoolean ? body.ToString() : body;
            default:
                return body;
        }
    }

    /// <summary>As an item carries it; null: the body is something else.</summary>
    private static ObjectValue? File(NodeContext context, int item)
    {
        if (context.Parameters["body"] is null) return Shown(ItemFiles.Only(context, item, "body"));
        var body = context.Parameter(item, "body");
        return ItemFiles.IsReference(body) ? Shown(ItemFiles.Find(context, "body", body)) : null;
    }

    private static ObjectValue Shown(BinaryReference file) => new(4)
    {
        { "fileId", file.FileId }, { "mimeType", file.MimeType }, { "fileName", file.FileName }, { "size", file.Size },
    };

    private static Value FirstJson(NodeContext context, int item) => item < context.Items.Count ? context.Items[item].Json : Value.Null;

    private static NodeException Refused(NodeContext context, string header, string why) =>
        new(NodeErrorCodes.ParameterInvalid, $"The header '{header}' in '{context.Node.Id}' is refused: {why}.");
}
