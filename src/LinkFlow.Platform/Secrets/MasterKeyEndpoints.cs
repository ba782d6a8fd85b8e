using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Secrets;

/// <summary><c>/secrets/master-key</c>: for whoever runs the installation.</summary>
/// <param name="keys">None where a service keeps the secrets.</param>
public sealed class MasterKeyEndpoints(IMasterKeys? keys = null)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/secrets/master-key", GetAsync).Needs(Permissions.SecretRotate).Says("The master key's id and what it wraps; never the key.")
            .Answers<MasterKeyResource>(200, "The keys, and how far a rotation has come.");
        routes.Post("/secrets/master-key/rotate", RotateAsync).Needs(Permissions.SecretRotate).Says("Makes a new master key and re-wraps every secret with it, while everything goes on.")
            .Answers<MasterKeyResource>(202, "The rotation has begun; GET says how far it is.");
    }

    private async Task<Answer> GetAsync(ApiRequest request) => Answer.Ok(Show(await Require(request).GetAsync(request.Aborted)));

    private async Task<Answer> RotateAsync(ApiRequest request)
    {
        try
        {
            // Not to be cut short by a caller who goes away.
            return Answer.Accepted(Show(await Require(request).RotateAsync(CancellationToken.None)));
        }
        catch (RotationRefusedException e)
        {
            throw ApiException.Conflict(e.Message);
        }
    }

    private IMasterKeys Require(ApiRequest request)
    {
        // One master key serves all tenants.
        if (request.Principal.Tenant != Tenants.Default) throw ApiException.Forbidden(Permissions.SecretRotate);
        return keys ?? throw new ApiException(ApiError.NotFound("This host has no master key of its own: a service keeps its secrets, and rotates its keys."));
    }

    private static ObjectValue Show(MasterKeyStatus status)
    {
        var current = status.Keys[0];
        return new ObjectValue
        {
            { "keyId", current.Id }, { "source", status.Source }, { "madeAt", Time(current.MadeAt) }, { "rotating", status.IsRotating },
            { "secrets", status.Keys.Sum(k => k.Secrets) }, { "remaining", status.Keys.Skip(1).Sum(k => k.Secrets) }, { "unreadable", status.Unreadable },
            { "keys", new ArrayValue(status.Keys.Select(k => Value.From(new ObjectValue { { "id", k.Id }, { "madeAt", Time(k.MadeAt) }, { "secrets", k.Secrets } }))) },
        };
    }

    private static Value Time(DateTimeOffset? time) => time is { } known ? Rfc3339.Write(known) : Value.Null;
}

/// <summary>Documents the answers.</summary>
/// <param name="Source"><c>file</c> or <c>environment</c>.</param>
/// <param name="Remaining">Secrets that a rotation has still to re-wrap.</param>
/// <param name="Unreadable">Secrets that cannot be re-wrapped, for they are damaged.</param>
public sealed record MasterKeyResource(
    string KeyId, string Source, DateTimeOffset? MadeAt, bool Rotating, long Secrets, long Remaining, int Unreadable, IReadOnlyList<MasterKeyUseResource> Keys);

public sealed record MasterKeyUseResource(string Id, DateTimeOffset? MadeAt, long Secrets);
