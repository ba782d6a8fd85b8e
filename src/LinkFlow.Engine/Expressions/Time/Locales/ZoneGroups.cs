using System.Collections.Frozen;
using System.Globalization;
using LinkFlow.Engine.Values;
using NodaTime.TimeZones;

namespace LinkFlow.Engine.Expressions.Time.Locales;

/// <summary>Zones that share their names, as Berlin and Paris share 'Central European Standard Time'.</summary>
internal static class ZoneGroups
{
    private static FrozenDictionary<string, int>? _byName;

    /// <param name="Number">The place of the names in locales.json.</param>
    /// <param name="Part">0 for the names in January, 1 for those in July.</param>
    public readonly record struct Group(string Number, int Part);

    /// <summary>Null when the zone has no names, or had another offset at that time than it has today in winter and in summer.</summary>
    public static Group? Of(Value file, string zone, double offset)
    {
        var groups = _byName ??= Load(file);
        if (!groups.TryGetValue(zone, out var number) && !groups.TryGetValue(Canonical(zone), out number)) return null;
        var offsets = file["zoneOffsets"].AsArray![number].AsArray!;
        var part = offsets[0].AsNumber == offset ? 0 : offsets[1].AsNumber == offset ? 1 : -1;
        return part < 0 ? null : new Group(number.ToString(CultureInfo.InvariantCulture), part);
    }

    /// <summary>By the names in the file and, where it has another spelling than the IANA database, by that of the latter.</summary>
    private static FrozenDictionary<string, int> Load(Value file)
    {
        var zones = file["zones"].AsObject!.ToDictionary(z => z.Key, z => (int)z.Value.AsNumber, StringComparer.Ordinal);
        foreach (var (name, group) in zones.ToArray()) zones.TryAdd(Canonical(name), group);
        return zones.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string Canonical(string zone) => TzdbDateTimeZoneSource.Default.CanonicalIdMap.TryGetValue(zone, out var canonical) ? canonical : zone;
}
