using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events.Publishing;

/// <summary>What is asked of a user's event beyond CloudEvents' own rules: whose source it may name, when it may be, and how large. Pure.</summary>
internal sealed record EventReading(string Tenant, string Publisher, DateTimeOffset Now)
{
    /// <summary>How far a publisher's clock may be ahead of ours.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromHours(24);

    /// <summary>What is added here (tenant, actor, correlation) must fit as well.</summary>
    public const int MostBytes = CloudEvent.MaxBytes - 4096;

    private const string OwnSources = "/linkflow/";

    /// <summary>The source of what a tenant publishes without one.</summary>
    public static string SourceOf(string tenant) => $"{OwnSources}{tenant}/events";

    /// <param name="isOurs">The source was set here.</param>
    public OutgoingEvent Read(ObjectValue json, Problems problems, bool isOurs = false)
    {
        var @event = CloudEventAttributes.Read(json, Publisher, problems);
        if (!isOurs && @event.Source is { } source && source.StartsWith(OwnSources, StringComparison.OrdinalIgnoreCase))
            problems.Add("/source", $"Sources that begin with '{OwnSources}' are LinkFlow's own. Name yours, e.g. https://shop.example.");
        if (@event.Time is { } time && time > Now + MostAhead)
            problems.Add("/time", $"'time' is {Rfc3339.Write(time)}, more than {MostAhead.TotalHours} hours ahead of {Rfc3339.Write(Now)} here. Set the publisher's clock.");
        return @event;
    }

    /// <exception cref="ApiException">413.</exception>
    public static void RequireSize(ObjectValue json, string pointer)
    {
        var bytes = JsonText.WriteBytes(json).Length;
        if (bytes > MostBytes)
            throw new ApiException(ApiError.TooLarge($"The event has {bytes} bytes; at most {MostBytes} are allowed. Put large data elsewhere, and its address into the event.")
                with { Details = new ObjectValue { { pointer, new ArrayValue([$"{bytes} bytes."]) } } });
    }
}
