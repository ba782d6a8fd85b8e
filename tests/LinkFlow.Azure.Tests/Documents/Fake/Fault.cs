using System.Net;
using Microsoft.Azure.Cosmos;

namespace LinkFlow.Azure.Tests.Documents.Fake;

/// <summary>What goes wrong with the next request of its kind.</summary>
/// <param name="Operation">read, query, create, replace, delete, batch; "write": any of the last four; null: any.</param>
/// <param name="IsDone">True: the request is carried out, and only its answer is lost.</param>
internal sealed record Fault(string? Operation, HttpStatusCode Status, bool IsDone = false)
{
    public TimeSpan RetryAfter { get; init; }

    /// <summary>The connection breaks, so that there is no answer at all.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Nothing goes wrong this time.</summary>
    public bool IsQuiet { get; init; }

    public static Fault Throttled(string? operation = null) => new(operation, HttpStatusCode.TooManyRequests) { RetryAfter = TimeSpan.FromMilliseconds(1) };
    public static Fault LostAnswer(string operation) => new(operation, HttpStatusCode.RequestTimeout, IsDone: true);
    public static Fault LostRequest(string operation) => new(operation, HttpStatusCode.ServiceUnavailable);

    public bool Hits(string operation) => Operation is null || Operation == operation || (Operation == "write" && operation is not ("read" or "query"));

    public void Throw()
    {
        if (IsQuiet) return;
        if (IsBroken) throw new HttpRequestException("The connection was reset.");
        if (RetryAfter > TimeSpan.Zero) throw new FaultException(new FakeAnswer(Status, 0, RetryAfter: RetryAfter));
        throw new CosmosException("It went wrong.", Status, 0, "", 0);
    }
}

/// <summary>An answer that tells of a failure.</summary>
internal sealed class FaultException(FakeAnswer answer) : Exception
{
    public FakeAnswer Answer { get; } = answer;
}
