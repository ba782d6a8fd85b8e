using System.Net;

namespace LinkFlow.Azure.Documents;

/// <summary>What became of a request, as far as its answer tells.</summary>
internal enum Fate
{
    Done,
    NotFound,

    /// <summary>A precondition did not hold; nothing was done.</summary>
    Conflict,

    /// <summary>Nothing was done; later it may work.</summary>
    Throttled,

    /// <summary>No answer, or one that does not tell: it may have been done, and may yet be.</summary>
    Unclear,

    /// <summary>The service does not let us; a person must act.</summary>
    Denied,
    TooLarge,

    /// <summary>The service did not understand it: our mistake.</summary>
    Malformed,
}

internal static class Fates
{
    /// <summary>Two requests met at one document; nothing was done.</summary>
    private const int RetryWith = 449;

    public static Fate Of(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 or 304 => Fate.Done,
        404 => Fate.NotFound,
        409 or 412 => Fate.Conflict,
        429 or RetryWith => Fate.Throttled,
        401 or 403 => Fate.Denied,
        413 => Fate.TooLarge,
        400 or 405 => Fate.Malformed,
        _ => Fate.Unclear,
    };
}
