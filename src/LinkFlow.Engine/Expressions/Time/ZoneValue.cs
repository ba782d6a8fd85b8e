using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using NodaTime;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>A time zone: one of the IANA database, or a fixed offset from UTC. Unchangeable.</summary>
internal sealed partial class ZoneValue : LanguageObject
{
    private const double FirstInstant = -377_705_116_800_000;
    private const double LastInstant = 253_402_300_799_999;

    private static readonly FrozenDictionary<string, string> KnownNames = DateTimeZoneProviders.Tzdb.Ids.ToFrozenDictionary(id => id, id => id, StringComparer.OrdinalIgnoreCase);
    private static readonly ConcurrentDictionary<string, ZoneValue> Known = new(StringComparer.Ordinal);

    private readonly DateTimeZone? _zone;
    private readonly double _offset;

    private ZoneValue(string name, DateTimeZone? zone, double offset) => (Name, _zone, _offset) = (name, zone, offset);

    public static ZoneValue Utc { get; } = new("UTC", null, 0);

    /// <summary>An IANA name, or such as <c>UTC+5:30</c>.</summary>
    public string Name { get; }
    public bool IsFixed => _zone is null;
    public bool IsUtc => IsFixed && _offset == 0;

    /// <summary>The name in the IANA database's own terms, where an offset has the sign reversed.</summary>
    public string IanaName => !IsFixed ? Name : IsUtc ? "Etc/UTC" : "Etc/GMT" + Narrow(-_offset);
    public override string TypeName => "zone";
    public override MethodTable Methods => ZoneMembers.All;

    /// <param name="name">An IANA name in any case, <c>UTC</c>, <c>GMT</c>, <c>UTC+5:30</c> or <c>+05:30</c>.</param>
    /// <exception cref="ExpressionException">There is no such zone.</exception>
    public static ZoneValue Of(string name)
    {
        if (Known.TryGetValue(name, out var known)) return known;
        if (name.Equals("utc", StringComparison.OrdinalIgnoreCase) || name.Equals("gmt", StringComparison.OrdinalIgnoreCase) || name is "Z" or "z") return Utc;
        if (FixedName().Match(name.Length > 12 ? "" : name) is { Success: true } match)
            return Fixed(Sign(match) * (int.Parse(match.Groups["hours"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) * 60 + (match.Groups["minutes"].Success ? int.Parse(match.Groups["minutes"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0)));
        if (!KnownNames.TryGetValue(name, out var id))
            throw new ExpressionException(ExpressionErrorCodes.Range, $"'{(name.Length > 60 ? name[..60] + "…" : name)}' is not a time zone: an IANA name such as Europe/Berlin was expected.{DidYouMean.Suggestion(name, KnownNames.Keys)}");
        var zone = new ZoneValue(id, DateTimeZoneProviders.Tzdb[id], 0);
        Known.TryAdd(id, zone);
        return zone;
    }

    /// <param name="minutes">Ahead of UTC.</param>
    /// <exception cref="ExpressionException">More than 18 hours.</exception>
    public static ZoneValue Fixed(double minutes)
    {
        if (!(Math.Abs(minutes) <= 18 * 60)) throw new ExpressionException(ExpressionErrorCodes.Range, $"An offset of {JavaScriptNumber.ToString(minutes)} minutes from UTC is out of range: −1080 to 1080 are possible.");
        return minutes == 0 ? Utc : new ZoneValue("UTC" + Narrow(minutes), null, minutes);
    }

    /// <summary>Minutes ahead of UTC at a time; before and after the calendar as at its ends.</summary>
    public double OffsetAt(double millis) => _zone is null
        ? _offset
        : _zone.GetUtcOffset(Instant.FromUnixTimeMilliseconds((long)Math.Clamp(Math.Floor(millis), FirstInstant, LastInstant))).Seconds / 60.0;

    public bool SameAs(ZoneValue other) => ReferenceEquals(this, other) || (IsFixed == other.IsFixed && _offset == other._offset && (IsFixed || Name == other.Name));

    /// <summary>The moment at which the zone's clocks show a time.</summary>
    /// <param name="guess">The offset that is taken where two are possible. In a gap the clock is read as if it had not been set forward.</param>
    public double Resolve(WallTime wall, double guess) => Resolve(wall.ToMillis(), guess);

    /// <summary>As the other, the earlier of two possible moments.</summary>
    public double Resolve(WallTime wall)
    {
        var local = wall.ToMillis();
        return Resolve(local, Math.Max(OffsetAt(local - TimeUnits.MillisPerDay), OffsetAt(local + TimeUnits.MillisPerDay)));
    }

    public double Resolve(double local, double guess)
    {
        var moment = local - guess * 60_000;
        var there = OffsetAt(moment);
        if (there == guess) return moment;
        moment = local - there * 60_000;
        var again = OffsetAt(moment);
        return again == there ? moment : local - Math.Min(there, again) * 60_000;
    }

    /// <summary>The IANA database's own letters, such as CEST.</summary>
    public string Abbreviation(double millis) => _zone is null ? Name : _zone.GetZoneInterval(Instant.FromUnixTimeMilliseconds((long)Math.Clamp(Math.Floor(millis), FirstInstant, LastInstant))).Name;

    public override string Print(Run run) => Name;
    public override Value ToJson(Run run) => Name;

    /// <summary>Such as <c>+5:30</c>.</summary>
    public static string Narrow(double minutes)
    {
        var (hours, rest) = ((int)Math.Abs(minutes) / 60, (int)Math.Abs(minutes) % 60);
        return FormattableString.Invariant($"{(minutes >= 0 ? '+' : '-')}{hours}{(rest > 0 ? $":{rest}" : "")}");
    }

    private static int Sign(Match match) => match.Groups["sign"].ValueSpan[0] == '-' ? -1 : 1;

    [GeneratedRegex(@"^(?:UTC)?(?<sign>[+-])(?<hours>\d{1,2})(?::?(?<minutes>\d{2}))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FixedName();
}
