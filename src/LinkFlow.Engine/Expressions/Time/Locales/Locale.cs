using System.Collections.Concurrent;
using System.Collections.Frozen;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Locales;

/// <summary>
/// How one language and region write dates. The facts are LinkFlow's own (locales.json, from Unicode's CLDR) and not the
/// operating system's, so that a format comes out alike on every machine.
/// </summary>
internal sealed class Locale
{
    private const int LongestTag = 35;

    /// <summary>Regions whose customs are what a language's own entry tells.</summary>
    private static readonly FrozenDictionary<string, string> SameAs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["en"] = "en-US", ["de-DE"] = "de", ["fr-FR"] = "fr", ["es-ES"] = "es", ["it-IT"] = "it", ["nl-NL"] = "nl", ["pt-BR"] = "pt", ["da-DK"] = "da", ["nb-NO"] = "nb", ["no"] = "nb", ["sv-SE"] = "sv",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly Lazy<Value> File = new(Load);
    private static readonly Lazy<FrozenDictionary<string, string>> KnownNames = new(() => File.Value["locales"].AsObject!.ToFrozenDictionary(p => p.Key, p => p.Key, StringComparer.OrdinalIgnoreCase));
    private static readonly ConcurrentDictionary<string, Locale> Made = new(StringComparer.Ordinal);

    private readonly Value _facts;
    private readonly Locale? _parent;

    private Locale(string name, Value facts)
    {
        Name = name;
        _facts = facts;
        if (facts["parent"].AsString is { } parent) _parent = Of(parent);
        var week = this["week"];
        Week = new WeekRules((int)Number("week", "first"), (int)Number("week", "least"));
        WeekendDays = week.IsUndefined ? [6, 7] : [.. Find("week", "weekend").AsArray!.Select(d => (int)d.AsNumber)];
        HasTwelveHours = Find("twelveHours").AsBoolean;
        Decimal = Find("numbers", "decimal").AsString!;
    }

    /// <summary>English of the United States, which is meant where none is named.</summary>
    public static Locale Default { get; } = Of("en-US");

    /// <summary>As the user wrote it, in the usual case: <c>de-DE</c>.</summary>
    public string Name { get; private init; }
    public bool IsEnglish => Name is "en" or "en-US";
    public WeekRules Week { get; }
    public IReadOnlyList<int> WeekendDays { get; }
    public bool HasTwelveHours { get; }
    public string Decimal { get; }

    private Value this[string section] => Find(section);

    /// <param name="tag">Such as <c>de</c>, <c>pt-BR</c>; in any case, with a hyphen or underscore.</param>
    /// <exception cref="ExpressionException">LinkFlow does not know it.</exception>
    public static Locale Of(string tag)
    {
        if (Made.TryGetValue(tag, out var made)) return made;
        var name = tag.Length > LongestTag ? "" : tag.Replace('_', '-');
        var known = KnownNames.Value.GetValueOrDefault(SameAs.GetValueOrDefault(name, name)) ?? throw Unknown(tag, name);
        var spelled = SameAs.Keys.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? known;
        return Made.GetOrAdd(spelled, s => new Locale(s, File.Value["locales"][known]));
    }

    /// <summary>The names of all that are known, in alphabetical order.</summary>
    public static IEnumerable<string> Known => KnownNames.Value.Keys.Concat(SameAs.Keys).Order(StringComparer.Ordinal);

    /// <summary>A fact; undefined when there is none at that place.</summary>
    public Value Find(params ReadOnlySpan<string> place)
    {
        for (var locale = this; locale is not null; locale = locale._parent)
        {
            var value = locale._facts;
            foreach (var name in place) value = value[name];
            if (!value.IsUndefined) return value;
        }

        return default;
    }

    public string Text(params ReadOnlySpan<string> place) => Find(place).AsString!;

    /// <param name="length">long, short or narrow.</param>
    public string Month(double month, string length, bool standalone) => Find("months", standalone ? "standalone" : "format", length).AsArray![(int)month - 1].AsString!;

    /// <param name="weekday">1 for Monday to 7.</param>
    public string Weekday(int weekday, string length, bool standalone) => Find("weekdays", standalone ? "standalone" : "format", length).AsArray![weekday - 1].AsString!;
    public string DayPeriod(double hour) => Find("dayPeriods").AsArray![hour < 12 ? 0 : 1].AsString!;
    public string Era(double year, string length) => Find("eras", length).AsArray![year < 0 ? 0 : 1].AsString!;

    /// <summary>Whether a count takes the form of one thing rather than of several.</summary>
    public bool IsSingular(double count) => Text("numbers", "plural") switch
    {
        "one" => Math.Abs(count) == 1,
        "belowTwoButZero" => Math.Abs(count) is > 0 and < 2,
        _ => Math.Abs(count) < 2,
    };

    /// <summary>What a zone is called at a time: <c>Central European Summer Time</c>, <c>EST</c>, or its offset such as <c>GMT+4:30</c>.</summary>
    public string ZoneName(ZoneValue zone, double millis, bool isLong)
    {
        var offset = zone.OffsetAt(millis);
        if (zone.IsUtc) return Find("utcNames").AsArray![isLong ? 0 : 1].AsString!;
        if (!zone.IsFixed && ZoneGroups.Of(File.Value, zone.Name, offset) is { } group)
            return Find("zoneNames", group.Number).AsArray![(isLong ? 0 : 2) + group.Part].AsString!;
        var (hours, minutes) = ((int)Math.Abs(offset) / 60, (int)Math.Abs(offset) % 60);
        if (offset == 0) return Text("offsets", "ahead").Split('+')[0];
        return isLong
            ? Text("offsets", offset < 0 ? "behindLong" : "aheadLong").Replace("05:00", FormattableString.Invariant($"{hours:00}:{minutes:00}"), StringComparison.Ordinal)
            : Text("offsets", offset < 0 ? "behind" : "ahead").Replace("5", FormattableString.Invariant($"{hours}{(minutes > 0 ? $":{minutes:00}" : "")}"), StringComparison.Ordinal);
    }

    private double Number(params ReadOnlySpan<string> place) => Find(place).AsNumber;

    private static ExpressionException Unknown(string tag, string name) => new(
        ExpressionErrorCodes.Range,
        $"LinkFlow does not know the locale '{(tag.Length > LongestTag ? tag[..LongestTag] + "…" : tag)}'. It knows {string.Join(", ", Known)}.{(Known.Contains(name.Split('-')[0]) ? $" Did you mean '{name.Split('-')[0]}'?" : DidYouMean.Suggestion(name, Known))}");

    private static Value Load()
    {
        using var stream = typeof(Locale).Assembly.GetManifestResourceStream("locales.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return JsonText.Parse(bytes.ToArray()).Freeze();
    }
}
