using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Http;

/// <summary>Ends a request with an error answer.</summary>
public sealed class ApiException(ApiError error) : Exception(error.Message)
{
    public ApiError Error { get; } = error;

    public static ApiException Validation(string message) => new(ApiError.Validation(message));

    /// <summary>A validation error about one place.</summary>
    /// <param name="pointer">A JSON pointer into the body, or a query parameter's name.</param>
    public static ApiException Validation(string pointer, string message) =>
        new(ApiError.Validation(message) with { Details = new ObjectValue { { pointer, new ArrayValue([message]) } } });

    public static ApiException NotFound(string kind, string id) => new(ApiError.NotFound($"There is no {kind} '{Shorten(id)}'."));
    public static ApiException Conflict(string message) => new(ApiError.Conflict(message));
    public static ApiException Forbidden(string permission) =>
        new(ApiError.Forbidden($"This key lacks the permission '{permission}'. Use a key whose scopes include it."));

    private static string Shorten(string id) => id.Length <= 64 ? id : id[..64] + "…";
}
