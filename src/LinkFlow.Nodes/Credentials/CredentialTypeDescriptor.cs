using LinkFlow.Engine.Values;

namespace LinkFlow.Nodes.Credentials;

/// <summary>What a credential type declares about itself: what <c>GET /credentials/types</c> shows and what saving one checks.</summary>
public sealed record CredentialTypeDescriptor
{
    /// <summary>snake_case.</summary>
    public required string Type { get; init; }
    public required string Name { get; init; }

    /// <summary>One sentence: what it does to a request, or what it is for.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// JSON Schema 2020-12 of <c>data</c>, an object schema with <c>additionalProperties: false</c>. A property with <c>"writeOnly": true</c> is
    /// secret; one with <c>"x-destination": true</c> says where the secrets go, so that a change of it needs the secrets again.
    /// </summary>
    public required ObjectValue Schema { get; init; }

    /// <summary>Data that fits the schema.</summary>
    public required ObjectValue Example { get; init; }

    /// <summary>Documentation in Markdown; the reference is generated from it.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>True: <c>http_request</c> can be authenticated with it.</summary>
    public bool IsForRequests { get; init; }

    /// <summary>What a test tries, in a sentence.</summary>
    public required string Tests { get; init; }

    /// <summary>A list property whose elements <c>{name, value, secret}</c> hold secrets too: each <c>value</c> unless <c>secret</c> is false.</summary>
    public string? NamedFields { get; init; }

    /// <summary>Checks beyond the schema, on data with its secrets: pointer (relative to data) and message. A secret must not be in the message.</summary>
    public Func<ObjectValue, IEnumerable<(string Pointer, string Message)>>? Check { get; init; }

    /// <summary>The schema's properties that are secret, in its order.</summary>
    public IReadOnlyList<string> SecretFields => field ??= Marked("writeOnly");

    /// <summary>The schema's properties that say where the secrets go.</summary>
    public IReadOnlyList<string> DestinationFields => field ??= Marked("x-destination");

    private IReadOnlyList<string> Marked(string keyword) =>
        [.. Schema["properties"].AsObject!.Where(p => p.Value[keyword] == Value.True).Select(p => p.Key)];
}
