using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LinkFlow.Platform.Events.Publishing;

/// <summary>Reads the events that a request brings: CloudEvents' HTTP binding in its structured, batched and binary modes, or plain JSON with a type, a subject and data. Pure.</summary>
internal static class EventMessage
{
    /// <summary>Events of one batch.</summary>
    public const int MostEvents = 100;

    public const string Batch = "application/cloudevents-batch+json";
    private const string HeaderPrefix = "ce-";
    private const string CloudEvents = "application/cloudevents";
    private static readonly string[] Plain = ["type", "subject", "data"];

    /// <param name="publisher">Who publishes them, for <c>actorid</c>.</param>
    /// <param name="tenant">For the source of what is no CloudEvent yet.</param>
    /// <exception cref="ApiException">400, 413 or 415; nothing of the request is to be taken over.</exception>
    public static (IReadOnlyList<OutgoingEvent> Events, bool IsBatch) Read(HttpRequest request, byte[] body, string tenant, string publisher, DateTimeOffset now)
    {
        RequireIdentity(request);
        var mediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : "";
        var reading = new EventReading(tenant, publisher, now);
        if (mediaType.StartsWith(CloudEvents, StringComparison.Ordinal))
        {
            if (mediaType is not (CloudEvent.ContentType or Batch) || !RequestBody.IsJson(request.ContentType)) throw Unsupported(request.ContentType);
            return mediaType == Batch ? (ReadBatch(reading, body), true) : ([ReadOne(reading, Object(RequestBody.ParseJson(body), ""))], false);
        }

        // The attribute that every binary message must have; one that lacks it but has others is told so.
        if (request.Headers.Keys.Any(k => k.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))) return ([ReadOne(reading, FromHeaders(request, mediaType, body))], false);
        if (!RequestBody.IsJson(request.ContentType)) throw Unsupported(request.ContentType);
        var json = Object(body.Length == 0 ? Value.Undefined : RequestBody.ParseJson(body), "");
        return ([json.Contains("specversion") ? ReadOne(reading, json) : ReadPlain(reading, json)], false);
    }

    private static OutgoingEvent ReadOne(EventReading reading, ObjectValue json)
    {
        var problems = new Problems();
        var @event = reading.Read(json, problems);
        problems.ThrowIfAny();
        EventReading.RequireSize(json, "");
        return @event;
    }

    private static List<OutgoingEvent> ReadBatch(EventReading reading, byte[] body)
    {
        var parsed = RequestBody.ParseJson(body);
        if (parsed.AsArray is not { } batch) throw ApiException.Validation("", $"The body is {BodyFields.Describe(parsed)}; a batch is a list of events.");
        if (batch.Count > MostEvents) throw ApiException.Validation("", $"The batch has {batch.Count} events; at most {MostEvents} are allowed. Send the others in another one.");
        var problems = new Problems();
        var events = new List<OutgoingEvent>(batch.Count);
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].AsObject is not { } json)
            {
                problems.Add($"/{i}", $"The event is {BodyFields.Describe(batch[i])}; an object is expected.");
                continue;
            }

            var own = new Problems();
            events.Add(reading.Read(json, own));
            foreach (var (pointer, message) in own.Pairs) problems.Add($"/{i}{pointer}", message);
        }

        problems.ThrowIfAny();
        for (var i = 0; i < batch.Count; i++) EventReading.RequireSize(batch[i].AsObject!, $"/{i}");
        return events;
    }

    private static OutgoingEvent ReadPlain(EventReading reading, ObjectValue json)
    {
        var problems = new Problems();
        new BodyFields(json, problems).RejectUnknown(Plain);
        // What a CloudEvent must have, and plain JSON need not.
        var whole = new ObjectValue { { "specversion", CloudEvent.SpecVersion }, { "id", Ids.Next(reading.Now) }, { "source", EventReading.SourceOf(reading.Tenant) } };
        foreach (var (name, value) in json)
            if (Plain.Contains(name, StringComparer.Ordinal)) whole.Set(name, value);
        var @event = reading.Read(whole, problems, isOurs: true);
        problems.ThrowIfAny();
        EventReading.RequireSize(whole, "");
        return @event;
    }

    /// <summary>The structured form of a binary message: attributes in headers, the data in the body.</summary>
    private static ObjectValue FromHeaders(HttpRequest request, string mediaType, byte[] body)
    {
        var json = new ObjectValue();
        var problems = new Problems();
        foreach (var (header, values) in request.Headers)
        {
            if (!header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var name = header[HeaderPrefix.Length..].ToLowerInvariant();
            if (values.Count > 1) problems.Add($"/{name}", $"The header '{header}' is given {values.Count} times; once is allowed.");
            else if (name is "data" or "data_base64" or "datacontenttype") problems.Add($"/{name}", $"'{header}' is no attribute in the binary mode: the data is the body, and Content-Type is its type.");
            else if (HeaderText.Decode(values.ToString()) is { } text) json.Set(name, text);
            else problems.Add($"/{name}", $"The header '{header}' is not percent-encoded UTF-8.");
        }

        problems.ThrowIfAny();
        if (!string.IsNullOrEmpty(request.ContentType)) json.Set("datacontenttype", request.ContentType);
        if (body.Length == 0) return json;
        if (mediaType.Length == 0) throw new ApiException(ApiError.UnsupportedMediaType("The body has no Content-Type that can be read; it says what the event's data is, e.g. 'application/json'."));
        if (RequestBody.IsJson(request.ContentType)) return json.Set("data", RequestBody.ParseJson(body));
        return mediaType.StartsWith("text/", StringComparison.Ordinal) && HeaderText.Utf8Of(body) is { } plain
            ? json.Set("data", plain)
            : json.Set("data_base64", Convert.ToBase64String(body));
    }

    private static ObjectValue Object(Value value, string pointer) => value.AsObject
        ?? throw ApiException.Validation(pointer, value.IsUndefined ? "The request needs an event as its body." : $"The body is {BodyFields.Describe(value)}; an event is a JSON object.");

    private static void RequireIdentity(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new ApiException(ApiError.UnsupportedMediaType($"Content-Encoding '{encoding}' is not supported; send the body as it is."));
    }

    private static ApiException Unsupported(string? given) => new(ApiError.UnsupportedMediaType(
        $"{(string.IsNullOrEmpty(given) ? "The request has no Content-Type" : $"Content-Type '{given}' is not supported here")}; send '{CloudEvent.ContentType}', '{Batch}', any type with the headers ce-specversion, ce-id, ce-source and ce-type, or 'application/json' with type, subject and data."));
}
