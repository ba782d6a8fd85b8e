using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time;

/// <summary>What the members of dates are given: moments, durations, zones, units and options, in the forms that Luxon takes.</summary>
internal static class TimeArguments
{
    /// <summary>A moment: a DateTime, a Date, milliseconds, ISO 8601 text, or parts such as { year: 2024 }.</summary>
    public static DateTimeValue Moment(Run run, Value value) => value switch
    {
        { AsOther: DateTimeValue time } => time,
        { AsOther: DateValue date } => DateTimeValue.Of(date.Require(run), run.Scope.TimeZone),
        { IsNumber: true } => DateTimeValue.Of(value.AsNumber, run.Scope.TimeZone),
        { AsString: { } text } => IsoReader.Read(run, text, default),
        { IsObject: true } => DateParts.ToDateTime(run, value, default),
        _ => throw run.TypeError($"A date was expected, not {Properties.Describe(value)}."),
    };

    /// <summary>A length of time: a Duration, { days: 1 }, milliseconds, or a number and a unit.</summary>
    public static DurationValue Length(Run run, Value value, Value unit = default)
    {
        if (value.AsOther is DurationValue duration) return duration;
        if (value.AsString is { } text && Coercion.ParseNumber(text) is var number && !double.IsNaN(number)) value = number;
        if (value.IsNumber) return new DurationValue([(unit.IsUndefined ? TimeUnit.Millisecond : UnitOrAbbreviation(run, unit), Amount(run, value))]);
        return value.AsObject is { } o ? FromObject(run, o) : throw run.TypeError($"A duration such as {{ days: 1 }} was expected, not {Properties.Describe(value)}.");
    }

    public static DurationValue FromObject(Run run, ObjectValue o, bool longTerm = false, Locale? locale = null) =>
        new(Amounts(run, o), longTerm, locale);

    /// <summary>{ days: 1, hours: 2 }; what is undefined or null is left out.</summary>
    public static List<(TimeUnit Unit, double Amount)> Amounts(Run run, ObjectValue o)
    {
        List<(TimeUnit Unit, double Amount)> parts = [];
        foreach (var (name, value) in o)
        {
            if (value.IsNullOrUndefined) continue;
            var unit = TimeUnits.Normalise(name);
            parts.RemoveAll(p => p.Unit == unit);
            parts.Add((unit, Amount(run, value)));
        }

        return parts;
    }

    /// <exception cref="ExpressionException">It is no finite number.</exception>
    public static double Amount(Run run, Value value)
    {
        var number = value.IsBoolean || value.AsString is { } text && text.Trim().Length == 0 ? double.NaN : Coercion.ToNumber(run, value);
        return double.IsFinite(number) ? number : throw run.RangeError($"{Properties.Describe(value)} is not an amount of time: a number was expected.");
    }

    public static TimeUnit Unit(Run run, Value value) => TimeUnits.Normalise(Coercion.ToString(run, value));

    /// <summary>Also <c>hrs</c>, <c>mins</c>, <c>secs</c>, <c>ms</c> and their like.</summary>
    public static TimeUnit UnitOrAbbreviation(Run run, Value value) => Coercion.ToString(run, value).ToLowerInvariant() switch
    {
        "ms" => TimeUnit.Millisecond,
        "sec" or "secs" => TimeUnit.Second,
        "min" or "mins" => TimeUnit.Minute,
        "hr" or "hrs" => TimeUnit.Hour,
        var name => TimeUnits.Normalise(name),
    };

    /// <summary>One unit or an array of them.</summary>
    public static TimeUnit[] Units(Run run, Value value, TimeUnit missing)
    {
        if (value.IsUndefined) return [missing];
        if (value.AsArray is not { } several) return [Unit(run, value)];
        run.Steps(several.Count);
        return several.Count > 0 ? several.Select(u => Unit(run, u)).Distinct().ToArray() : throw run.RangeError("At least one unit is needed, e.g. ['days', 'hours'].");
    }

    /// <summary>A zone by name, offset in minutes or as a zone; the workflow's where none is given.</summary>
    public static ZoneValue Zone(Run run, Value value) => value switch
    {
        { IsNullOrUndefined: true } => ZoneValue.Of(run.Scope.TimeZone),
        { AsOther: ZoneValue zone } => zone,
        { IsNumber: true } => ZoneValue.Fixed(value.AsNumber),
        { AsString: { } name } => name.ToLowerInvariant() is "default" or "local" or "system" ? ZoneValue.Of(run.Scope.TimeZone) : ZoneValue.Of(name),
        _ => throw run.TypeError($"A time zone such as 'Europe/Berlin' was expected, not {Properties.Describe(value)}."),
    };

    /// <summary>The locale that options name, or the one given.</summary>
    public static Locale Locale(Run run, Value options, Locale missing) => options["locale"].IsNullOrUndefined ? missing : Locales.Locale.Of(Coercion.ToString(run, options["locale"]));

    /// <summary>Checks that options are an object and have no other names than these and those of locales.</summary>
    /// <exception cref="ExpressionException">They are not, or one is not known or not possible.</exception>
    public static void Options(Run run, Value options, params ReadOnlySpan<string> known)
    {
        if (options.IsNullOrUndefined) return;
        if (options.AsObject is not { } given) throw run.TypeError($"Options such as {{ zone: 'UTC' }} were expected, not {Properties.Describe(options)}.");
        foreach (var (name, value) in given)
        {
            if (known.Contains(name) || name == "locale" || value.IsNullOrUndefined) continue;
            if ((name == "numberingSystem" && value.AsString == "latn") || (name == "outputCalendar" && value.AsString is "gregory" or "iso8601")) continue;
            if (name is "numberingSystem" or "outputCalendar") throw run.RangeError($"{name} can only be '{(name == "numberingSystem" ? "latn" : "gregory")}'.");
            throw run.RangeError($"There is no option '{name}' here.{DidYouMean.Suggestion(name, [.. known, "locale"])}");
        }
    }

    /// <summary>Whether conversions take mean months and years.</summary>
    public static bool? LongTerm(Run run, Value options) => options["conversionAccuracy"].IsNullOrUndefined ? null
        : Coercion.ToString(run, options["conversionAccuracy"]) switch
        {
            "longterm" => true,
            "casual" => false,
            var other => throw run.RangeError($"conversionAccuracy cannot be '{other}': casual and longterm are possible."),
        };

    /// <summary>Text that is to be read: at most <paramref name="longest"/> characters.</summary>
    public static string ShortText(Run run, Value value, int longest, string what)
    {
        var text = value.AsString ?? throw run.TypeError($"{what} was expected as text, not {Properties.Describe(value)}.");
        return text.Length <= longest ? text : throw run.RangeError($"{what} of {text.Length:N0} characters is too long: at most {longest:N0} are read.");
    }

    /// <summary>As the last step of a method: the result is a value of the expression.</summary>
    public static Value AsValue(this LanguageObject o) => Value.FromOther(o);
}
