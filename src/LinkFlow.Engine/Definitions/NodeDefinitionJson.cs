using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Definitions;

/// <summary>A node's form in the API.</summary>
internal static class NodeDefinitionJson
{
    /// <summary>Null when it has no usable id or type.</summary>
    public static NodeDefinition? Read(FieldReader reader)
    {
        reader.Know("a node", "id", "type", "name", "typeVersion", "parameters", "credentials", "retry", "onError", "onCrash",
            "timeoutSeconds", "disabled", "alwaysOutput", "compensateWith", "notes", "position");
        var id = reader.RequiredName("id", "every node needs an id that is unique in the workflow");
        var type = reader.RequiredName("type", "every node needs a type, e.g. http_request");
        var absent = new NodeDefinition { Id = id ?? "", Type = type ?? "", Name = id ?? "" };
        var node = absent with
        {
            Name = reader.Name("name") ?? absent.Id,
            TypeVersion = reader.Integer("typeVersion") ?? absent.TypeVersion,
            Parameters = reader.Object("parameters"),
            Credentials = ReadCredentials(reader),
            Retry = reader.Nested("retry") is { } retry ? ReadRetry(retry) : null,
            OnError = reader.Word("onError", absent.OnError),
            OnCrash = reader.Word("onCrash", absent.OnCrash),
            TimeoutSeconds = reader.Integer("timeoutSeconds") ?? absent.TimeoutSeconds,
            Disabled = reader.Boolean("disabled", absent.Disabled),
            AlwaysOutput = reader.Boolean("alwaysOutput", absent.AlwaysOutput),
            CompensateWith = reader.Name("compensateWith"),
            Notes = reader.Text("notes", DefinitionLimits.MaxNotesLength) is { Length: > 0 } notes ? notes : null,
            Position = reader.Raw("position"),
        };
        return id is null || type is null ? null : node;
    }

    public static ObjectValue Write(NodeDefinition node) => new(16)
    {
        { "id", node.Id },
        { "type", node.Type },
        { "name", node.Name },
        { "typeVersion", node.TypeVersion },
        { "parameters", node.Parameters },
        { "credentials", WriteCredentials(node.Credentials) },
        { "retry", node.Retry is null ? Value.Null : WriteRetry(node.Retry) },
        { "onError", DefinitionWords.Word(node.OnError) },
        { "onCrash", DefinitionWords.Word(node.OnCrash) },
        { "timeoutSeconds", node.TimeoutSeconds },
        { "disabled", node.Disabled },
        { "alwaysOutput", node.AlwaysOutput },
        { "compensateWith", node.CompensateWith },
        { "notes", node.Notes ?? "" },
        { "position", node.Position.IsUndefined ? Value.Null : node.Position },
    };

    private static Dictionary<string, string> ReadCredentials(FieldReader reader)
    {
        var credentials = new Dictionary<string, string>(StringComparer.Ordinal);
        if (reader.Nested("credentials") is not { } slots) return credentials;
        foreach (var (slot, _) in reader.Object("credentials"))
            if (slots.Name(slot) is { } id) credentials[slot] = id;
        return credentials;
    }

    private static ObjectValue WriteCredentials(IReadOnlyDictionary<string, string> credentials)
    {
        var json = new ObjectValue();
        foreach (var (slot, id) in credentials) json.Set(slot, id);
        return json;
    }

    private static RetryPolicy ReadRetry(FieldReader reader)
    {
        reader.Know("a retry policy", "maxAttempts", "initialDelayMs", "maxDelayMs", "jitter");
        var absent = new RetryPolicy();
        return absent with
        {
            MaxAttempts = reader.Integer("maxAttempts") ?? absent.MaxAttempts,
            InitialDelayMs = reader.Long("initialDelayMs") ?? absent.InitialDelayMs,
            MaxDelayMs = reader.Long("maxDelayMs") ?? absent.MaxDelayMs,
            Jitter = reader.Number("jitter") ?? absent.Jitter,
        };
    }

    private static ObjectValue WriteRetry(RetryPolicy retry) => new()
    {
        { "maxAttempts", retry.MaxAttempts },
        { "initialDelayMs", retry.InitialDelayMs },
        { "maxDelayMs", retry.MaxDelayMs },
        { "jitter", retry.Jitter },
    };
}
