using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Identity;

/// <summary>A key for programs: stored as a SHA-256 hash, shown once, revocable.</summary>
public sealed record ApiKey
{
    public static readonly DocumentType Type = new("api-key", "hash");

    /// <summary>When keys were last used, by the key's id.</summary>
    public static readonly DocumentType UseType = new("api-key-use");

    /// <summary>Stands before a key's id in <see cref="Principal.Id"/>.</summary>
    public const string PrincipalPrefix = "apikey:";

    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key in lower-case hexadecimal. The key has 256 random bits, so a plain hash is enough.</summary>
    public required string Hash { get; init; }

    /// <summary>The first characters of the key, by which people recognise it.</summary>
    public required string Prefix { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Addresses or CIDR ranges that it may be used from; empty: anywhere.</summary>
    public IReadOnlyList<string> IpAllowList { get; init; } = [];
    public DateTimeOffset? ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? LastUsedAt { get; init; }

    public const string Marker = "lf_";
    public const int PrefixLength = 10;

    /// <summary>A fresh key: <c>lf_</c> and 256 random bits.</summary>
    public static string Draw() => Marker + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The stored form.</summary>
    public ObjectValue ToDocument() => Show().Set("hash", Hash);

    /// <summary>What the API shows: everything but the hash.</summary>
    public ObjectValue Show() => new()
    {
        { "id", Id },
        { "name", Name },
        { "prefix", Prefix },
        { "scopes", new ArrayValue(Scopes.Select(s => Value.From(s))) },
        { "ipAllowList", new ArrayValue(IpAllowList.Select(s => Value.From(s))) },
        { "expiresAt", ExpiresAt is { } e ? Rfc3339.Write(e) : Value.Null },
        { "lastUsedAt", LastUsedAt is { } u ? Rfc3339.Write(u) : Value.Null },
        { "createdAt", Rfc3339.Write(CreatedAt) },
        { "createdBy", CreatedBy },
    };

    /// <summary>What events say of it.</summary>
    public ObjectValue Told() => new(3) { { "apiKeyId", Id }, { "name", Name }, { "prefix", Prefix } };

    public static ApiKey FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        Hash = body["hash"].AsString!,
        Prefix = body["prefix"].AsString!,
        Scopes = [.. body["scopes"].AsArray!.Select(s => s.AsString!)],
        IpAllowList = [.. body["ipAllowList"].AsArray!.Select(s => s.AsString!)],
        ExpiresAt = TimeOf(body["expiresAt"]),
        CreatedAt = TimeOf(body["createdAt"])!.Value,
        CreatedBy = body["createdBy"].AsString!,
    };

    /// <summary>True when it may be used from this address; a key without a list may be used from anywhere.</summary>
    public bool MayBeUsedFrom(IPAddress? address)
    {
        if (IpAllowList.Count == 0) return true;
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return IpAllowList.Any(entry => IPAddress.TryParse(entry, out var one) ? one.Equals(address) : IPNetwork.TryParse(entry, out var range) && range.Contains(address));
    }

    private static DateTimeOffset? TimeOf(Value value) => value.AsString is { } text && Rfc3339.TryParse(text, out var time) ? time : null;
}
