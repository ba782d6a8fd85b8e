using System.Globalization;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>A length of time, unit by unit, with the names of Luxon's Duration. Unchangeable.</summary>
internal sealed class DurationValue(IReadOnlyDictionary<TimeUnit, double> units) : LanguageObject
{
    private static readonly MethodTable DurationMethods = new("duration", new Dictionary<string, NativeMethod>
    {
        ["as"] = (run, self, args) => Of(self).TotalMillis / TimeUnits.Length(TimeUnits.Normalise(Coercion.ToString(run, args.At(0)))),
        ["toMillis"] = (_, self, _) => Of(self).TotalMillis,
        ["valueOf"] = (_, self, _) => Of(self).TotalMillis,
        ["toObject"] = (_, self, _) => Of(self).ToObject(),
        ["toISO"] = (run, self, _) => Of(self).Print(run),
        ["toJSON"] = (run, self, _) => Of(self).Print(run),
        ["toString"] = (run, self, _) => Of(self).Print(run),
    });

    public double this[TimeUnit unit] => units.GetValueOrDefault(unit);
    public double TotalMillis => units.Sum(u => u.Value * TimeUnits.Length(u.Key));

    /// <summary>Hours and smaller.</summary>
    public double ClockMillis => units.Where(u => u.Key >= TimeUnit.Hour).Sum(u => u.Value * TimeUnits.Length(u.Key));
    public override string TypeName => "duration";
    public override MethodTable Methods => DurationMethods;
    public override IEnumerable<string> Keys => units.Keys.Order().Select(TimeUnits.Name);

    /// <summary>From <c>{ days: 1, hours: 2 }</c>, from milliseconds, or from a number and a unit.</summary>
    public static DurationValue From(Run run, Value value, Value unit)
    {
        if (value.AsOther is DurationValue duration) return duration;
        if (value.IsNumber) return new(new Dictionary<TimeUnit, double> { [unit.IsUndefined ? TimeUnit.Millisecond : TimeUnits.Normalise(Coercion.ToString(run, unit))] = value.AsNumber });
        if (value.AsObject is not { } o) throw run.TypeError($"A duration such as {{ days: 1 }} was expected, not {Properties.Describe(value)}.");
        return new(o.GroupBy(p => TimeUnits.Normalise(p.Key)).ToDictionary(g => g.Key, g => g.Sum(p => Coercion.ToNumber(run, p.Value))));
    }

    public override Value Get(Run run, string name) => name.EndsWith('s') && Keys.Contains(name) ? this[TimeUnits.Normalise(name)] : name == "isValid" ? true : default(Value);
    public override Value ToPrimitive(Run run, bool preferNumber) => preferNumber ? TotalMillis : Print(run);
    public override Value ToJson(Run run) => Print(run);

    public override string Print(Run run)
    {
        var date = Part(TimeUnit.Year, "Y") + Months() + Part(TimeUnit.Week, "W") + Part(TimeUnit.Day, "D");
        var seconds = this[TimeUnit.Second] + this[TimeUnit.Millisecond] / 1000;
        var clock = Part(TimeUnit.Hour, "H") + Part(TimeUnit.Minute, "M") + (seconds == 0 ? "" : JavaScriptNumber.ToString(Math.Round(seconds, 3)) + "S");
        return date.Length + clock.Length == 0 ? "PT0S" : "P" + date + (clock.Length > 0 ? "T" + clock : "");
    }

    private string Part(TimeUnit unit, string letter) => this[unit] == 0 ? "" : JavaScriptNumber.ToString(this[unit]) + letter;

    private string Months()
    {
        var months = this[TimeUnit.Month] + 3 * this[TimeUnit.Quarter];
        return months == 0 ? "" : months.ToString(CultureInfo.InvariantCulture) + "M";
    }

    private Value ToObject()
    {
        var o = new ObjectValue();
        foreach (var (unit, amount) in units.OrderBy(u => u.Key)) o.Set(TimeUnits.Name(unit), amount);
        return o;
    }

    private static DurationValue Of(Value self) => (DurationValue)self.AsOther!;
}
