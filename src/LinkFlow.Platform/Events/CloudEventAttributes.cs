using System.Globalization;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Events;

/// <summary>Reads an event that someone else made, strictly by CloudEvents 1.0, and says everything that is wrong with it.</summary>
public static class CloudEventAttributes
{
    private const int MaxId = 256;
    private const int MaxUri = 2048;
    private const int MaxText = 1024;
    private const int MaxExtensions = 32;

    private static readonly string[] Core = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data", "data_base64"];

    /// <summary>Extensions that only LinkFlow sets: what a publisher says there is not taken over.</summary>
    private static readonly string[] Ours = ["tenantid", "actorid", "causationid", "causationdepth"];

    /// <summary>True for an attribute of the specification itself; everything else is an extension.</summary>
    public static bool IsCore(string name) => Array.IndexOf(Core, name) >= 0;

    /// <summary>Reads the structured form; <c>time</c> may be absent.</summary>
    /// <param name="problems">Gets what is wrong; the result means something only when it got nothing.</param>
    /// <param name="publisher">Who publishes it.</param>
    public static OutgoingEvent Read(ObjectValue json, string publisher, Problems problems)
    {
        var fields = new BodyFields(json, problems);
        if (json["specversion"].AsString is not CloudEvent.SpecVersion) problems.Add("/specversion", $"'specversion' must be \"{CloudEvent.SpecVersion}\".");
        if (fields.Has("data") && fields.Has("data_base64")) problems.Add("/data_base64", "An event has 'data' or 'data_base64', not both.");
        var attributes = new ObjectValue(4);
        Keep(attributes, "datacontenttype", fields.Text("datacontenttype", MaxId, 1));
        Keep(attributes, "dataschema", Uri(fields, "dataschema", isAbsolute: true));
        Keep(attributes, "data_base64", Base64(fields));
        ReadExtensions(json, attributes, problems);
        return new OutgoingEvent(Type(fields), fields.Text("subject", MaxText, 1) ?? "", json["data"])
        {
            Actor = publisher,
            Id = Required(fields, "id", MaxId),
            Source = Uri(fields, "source", isAbsolute: false) ?? Missing(fields, "source"),
            Time = fields.Time("time"),
            Attributes = attributes,
            Cause = new EventCause(attributes["correlationid"].AsString, null, 0, attributes["traceparent"].AsString),
        };
    }

    /// <summary>A type that a user may publish.</summary>
    public static string Type(BodyFields fields)
    {
        var type = Required(fields, "type", MaxId);
        if (type.StartsWith(CloudEvent.OwnPrefix, StringComparison.OrdinalIgnoreCase))
            fields.Problems.Add(fields.At("type"), $"Types that begin with '{CloudEvent.OwnPrefix}' are LinkFlow's own. Use a name of yours, e.g. com.example.order.placed.");
        return type;
    }

    private static void ReadExtensions(ObjectValue json, ObjectValue attributes, Problems problems)
    {
        var count = 0;
        foreach (var (name, value) in json)
        {
            if (IsCore(name) || Array.IndexOf(Ours, name) >= 0 || value.IsNullOrUndefined) continue;
            var at = $"/{BodyFields.Escape(name)}";
            if (++count > MaxExtensions)
            {
                problems.Add(at, $"An event has at most {MaxExtensions} extension attributes.");
                return;
            }

            if (name.Length is 0 or > 20 || !name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9')))
                problems.Add(at, $"'{(name.Length <= 64 ? name : name[..64] + "…")}' is no name of an attribute: 1 to 20 lower-case letters and digits. What it says can go into 'data'.");
            else if (!IsAttribute(value)) problems.Add(at, $"'{name}' is {BodyFields.Describe(value)}; an extension attribute is a string of at most {MaxText} characters, a boolean, or a whole number of 32 bits.");
            else attributes.Set(name, value);
        }
    }

    private static bool IsAttribute(Value value) => value switch
    {
        { IsBoolean: true } => true,
        { IsNumber: true } => value.AsNumber == Math.Floor(value.AsNumber) && value.AsNumber is >= int.MinValue and <= int.MaxValue,
        { AsString: { } text } => text.Length <= MaxText && !text.Any(char.IsControl),
        _ => false,
    };

    private static string Required(BodyFields fields, string name, int maxLength)
    {
        if (!fields.Has(name)) return Missing(fields, name);
        var text = fields.Text(name, maxLength, 1) ?? "";
        if (text.Any(char.IsControl)) fields.Problems.Add(fields.At(name), $"'{name}' holds a control character.");
        return text;
    }

    private static string Missing(BodyFields fields, string name)
    {
        if (!fields.Has(name)) fields.Problems.Add(fields.At(name), $"'{name}' is missing.");
        return "";
    }

    private static string? Uri(BodyFields fields, string name, bool isAbsolute)
    {
        if (fields.Text(name, MaxUri, 1) is not { } text) return null;
        if (System.Uri.TryCreate(text, isAbsolute ? UriKind.Absolute : UriKind.RelativeOrAbsolute, out _) && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return text;
        fields.Problems.Add(fields.At(name), string.Create(CultureInfo.InvariantCulture, $"'{name}' is no {(isAbsolute ? "absolute URI" : "URI reference")}."));
        return null;
    }

    private static string? Base64(BodyFields fields)
    {
        if (fields.Text("data_base64", CloudEvent.MaxBytes) is not { } text) return null;
        if (System.Buffers.Text.Base64.IsValid(text)) return text;
        fields.Problems.Add(fields.At("data_base64"), "'data_base64' is no base64.");
        return null;
    }

    private static void Keep(ObjectValue attributes, string name, string? value)
    {
        if (value is not null) attributes.Set(name, value);
    }
}
