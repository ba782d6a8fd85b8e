using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Expressions.Time.Members;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>A length of time, unit by unit, with the names and rules of Luxon's Duration. Unchangeable.</summary>
internal sealed class DurationValue : LanguageObject
{
    private static readonly TimeUnit[] UnitsOfRescaling = [TimeUnit.Year, TimeUnit.Month, TimeUnit.Week, TimeUnit.Day, TimeUnit.Hour, TimeUnit.Minute, TimeUnit.Second, TimeUnit.Millisecond];

    private readonly (TimeUnit Unit, double Amount)[] _parts;

    /// <param name="parts">Each unit at most once, in the order in which they are shown.</param>
    public DurationValue(IEnumerable<(TimeUnit Unit, double Amount)> parts, bool longTerm = false, Locale? locale = null)
    {
        _parts = [.. parts];
        LongTerm = longTerm;
        Locale = locale ?? Locale.Default;
    }

    /// <summary>Zero for a unit that it does not have.</summary>
    public double this[TimeUnit unit] => Find(unit) ?? 0;
    public IReadOnlyList<(TimeUnit Unit, double Amount)> Parts => _parts;

    /// <summary>Conversions take mean years and months; else a year is 365 days and a month 30.</summary>
    public bool LongTerm { get; }
    public Locale Locale { get; }
    public double Millis => TimeUnits.All.Reverse().Where(u => this[u] != 0).Sum(u => this[u] * TimeUnits.Ratio(u, TimeUnit.Millisecond, LongTerm));
    public override string TypeName => "duration";
    public override MethodTable Methods => DurationMembers.All;
    public override IEnumerable<string> Keys => _parts.Select(p => TimeUnits.Name(p.Unit));

    public static DurationValue Of(TimeUnit unit, double amount) => new([(unit, amount)]);

    public DurationValue With(IEnumerable<(TimeUnit Unit, double Amount)> parts) => new(parts, LongTerm, Locale);
    public DurationValue With(bool? longTerm, Locale? locale) => new(_parts, longTerm ?? LongTerm, locale ?? Locale);

    public double? Find(TimeUnit unit)
    {
        foreach (var part in _parts)
            if (part.Unit == unit) return part.Amount;
        return null;
    }

    /// <summary>The whole in one unit.</summary>
    public double Total(TimeUnit unit) => ShiftedTo([unit])[unit];

    /// <summary>What is left when whole years, quarters, months, weeks and days have been taken away.</summary>
    public DurationValue BelowCalendar() => new(_parts.Select(p => (p.Unit, p.Unit <= TimeUnit.Day ? p.Amount - Math.Truncate(p.Amount) : p.Amount)));

    public DurationValue Plus(DurationValue other) =>
        With(TimeUnits.All.Where(u => Find(u) is not null || other.Find(u) is not null).Select(u => (u, other[u] + this[u])));

    public DurationValue Negated() => With(_parts.Select(p => (p.Unit, p.Amount == 0 ? 0 : -p.Amount)));

    public DurationValue WithoutZeros() => With(_parts.Where(p => p.Amount != 0));

    /// <summary>The same length in these units: whole numbers of all but the least.</summary>
    public DurationValue ShiftedTo(IReadOnlyCollection<TimeUnit> units)
    {
        if (units.Count == 0) return this;
        var built = new double?[9];
        var carried = new double?[9];
        var last = 0;
        foreach (var unit in TimeUnits.All)
        {
            var at = (int)unit;
            if (!units.Contains(unit))
            {
                carried[at] = Find(unit);
                continue;
            }

            last = at;
            double own = 0;
            for (var k = 0; k < at; k++)
            {
                if (carried[k] is not { } amount) continue;
                own += TimeUnits.Ratio((TimeUnit)k, unit, LongTerm) * amount;
                carried[k] = 0;
            }

            own += this[unit];
            var whole = Math.Truncate(own);
            built[at] = whole;
            carried[at] = (own * 1000 - whole * 1000) / 1000;
        }

        for (var k = 0; k < 9; k++)
            if (carried[k] is { } rest && rest != 0) built[last] += k == last ? rest : rest / TimeUnits.Ratio((TimeUnit)last, (TimeUnit)k, LongTerm);
        Normalise(built);
        return With(TimeUnits.All.Where(u => built[(int)u] is not null).Select(u => (u, built[(int)u]!.Value)));
    }

    /// <summary>The same units, each as full as the next greater one allows.</summary>
    public DurationValue Normalised()
    {
        var amounts = new double?[9];
        foreach (var (unit, amount) in _parts) amounts[(int)unit] = amount;
        Normalise(amounts);
        return With(_parts.Select(p => (p.Unit, amounts[(int)p.Unit]!.Value)));
    }

    public DurationValue Rescaled() => Normalised().ShiftedTo(UnitsOfRescaling).WithoutZeros();
    public DurationValue ShiftedToAll() => ShiftedTo(UnitsOfRescaling);

    public bool SameAs(DurationValue other) => Locale.Name == other.Locale.Name && TimeUnits.All.All(u => this[u] == other[u]);

    public ObjectValue ToObject()
    {
        var o = new ObjectValue();
        foreach (var (unit, amount) in _parts) o.Set(TimeUnits.Name(unit), amount);
        return o;
    }

    public override Value ToPrimitive(Run run, bool preferNumber) => preferNumber ? Millis : Print(run);
    public override string Print(Run run) => DurationFormat.Iso(this);
    public override Value ToJson(Run run) => Print(run);

    /// <summary>First what is too much of a unit, or has the other sign, is carried upwards; then fractions downwards.</summary>
    private void Normalise(double?[] amounts)
    {
        double total = 0;
        for (var k = 8; k >= 0; k--) total += (amounts[k] ?? 0) * TimeUnits.Ratio((TimeUnit)k, TimeUnit.Millisecond, LongTerm);
        var sign = total < 0 ? -1 : 1;
        var previous = -1;
        for (var k = 8; k >= 0; k--)
        {
            if (amounts[k] is null) continue;
            if (previous >= 0)
            {
                var ratio = TimeUnits.Ratio((TimeUnit)k, (TimeUnit)previous, LongTerm);
                var carried = Math.Floor(amounts[previous]!.Value * sign / ratio);
                amounts[k] += carried * sign;
                amounts[previous] -= carried * ratio * sign;
            }

            previous = k;
        }

        previous = -1;
        for (var k = 0; k < 9; k++)
        {
            if (amounts[k] is null) continue;
            if (previous >= 0)
            {
                var fraction = amounts[previous]!.Value % 1;
                amounts[previous] -= fraction;
                amounts[k] += fraction * TimeUnits.Ratio((TimeUnit)previous, (TimeUnit)k, LongTerm);
            }

            previous = k;
        }
    }
}
