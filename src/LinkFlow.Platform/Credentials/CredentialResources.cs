using System.Text.Json.Nodes;

namespace LinkFlow.Platform.Credentials;

/// <summary>The forms that bodies and answers of <c>/credentials</c> have; the OpenAPI document is made from them.</summary>
public record CredentialBody
{
    /// <summary>1 to 128 characters without control characters.</summary>
    public required string Name { get; init; }

    /// <summary>One of GET /credentials/types; cannot be changed.</summary>
    public required string Type { get; init; }

    /// <summary>The type's fields. In a PUT, a secret that is null or absent is kept.</summary>
    public required JsonObject Data { get; init; }

    /// <summary>The node types that it may be handed to; empty: all that take its type.</summary>
    public IReadOnlyList<string>? AllowedNodeTypes { get; init; }

    /// <summary>The hosts that it may be sent to, such as api.example.com or *.example.com; empty: any.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When an event reminds that the secrets should be changed, in days since they were; 0: never; null: as LinkFlow:Credentials:RotateAfterDays says.</summary>
    public int? RotateAfterDays { get; init; }
}

public sealed record CredentialResource : CredentialBody
{
    public required string Id { get; init; }

    /// <summary>The secrets that are set; their values are never shown.</summary>
    public required IReadOnlyList<string> SecretSet { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }
    public required int Version { get; init; }

    /// <summary>ok, expired, or reauthorize: a user must consent (again), at what GET /credentials/{id}/oauth2/authorize gives.</summary>
    public required string Status { get; init; }

    /// <summary>Up to a minute late.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When secrets were last set.</summary>
    public required DateTimeOffset RotatedAt { get; init; }
    public required string CreatedBy { get; init; }
}

/// <summary>Schema is a JSON Schema 2020-12 of data; what is writeOnly in it is secret.</summary>
public sealed record CredentialTypeResource(
    string Type, string Name, string Description, JsonObject Schema, IReadOnlyList<string> SecretFields, bool ForRequests, string Tests, string Docs, JsonObject Example);

public sealed record CredentialRotationBody(JsonObject Data, DateTimeOffset? ExpiresAt);

/// <param name="Ok">It was tried and taken.</param>
/// <param name="Tried">False: there was nothing to try it against; message says what is missing.</param>
public sealed record CredentialTestResource(bool Ok, bool Tried, string Message, double LatencyMs, DateTimeOffset TestedAt);

public sealed record CredentialUsageResource(string WorkflowId, string Name, string Status, int Version, int? ActiveVersion, IReadOnlyList<CredentialNodeResource> Nodes);

public sealed record CredentialNodeResource(string NodeId, string Name, string Type, string Slot, int Version);

public sealed record CredentialShareBody(string Permission);

public sealed record CredentialShareResource(string Principal, string Permission);
