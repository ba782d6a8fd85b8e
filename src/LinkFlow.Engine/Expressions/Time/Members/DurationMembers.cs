using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Members of Duration, and the functions that make one.</summary>
internal static class DurationMembers
{
    private const string Sample = "Duration.fromObject({ hours: 36, minutes: 30 })";

    public static MethodTable All { get; } = new("duration", Calculations(), Output())
    {
        Description = "A length of time, unit by unit, with the names and rules of Luxon. Converted, a year is 365 days, a quarter 91 and a month 30; with conversionAccuracy 'longterm' they have their mean length over 400 years.",
        Properties = Properties(),
    };

    public static MethodTable Statics { get; } = new("Duration", new MethodList
    {
        { "fromObject(units: object, options?: object): duration", "Of amounts by unit: years, quarters, months, weeks, days, hours, minutes, seconds, milliseconds. Options: locale, conversionAccuracy.", "Duration.fromObject({ days: 1, hours: 2 }).toISO()",
            (run, _, args) => FromObject(run, args) },
        { "fromMillis(millis: number, options?: object): duration", "Of milliseconds.", "Duration.fromMillis(90000).as('minutes')",
            (run, _, args) => Make(run, [(TimeUnit.Millisecond, TimeArguments.Amount(run, args.At(0)))], args.At(1)) },
        { "fromISO(text: string, options?: object): duration", "Of ISO 8601. Another text is an error.", "Duration.fromISO('P1DT2H').hours",
            (run, _, args) => TimeArguments.ShortText(run, args.At(0), IsoReader.LongestDate, "A duration") is var text && IsoReader.TryReadDuration(text) is { } parts ? Make(run, parts, args.At(1)) : throw run.RangeError($"{Evaluation.Properties.Describe(args.At(0))} is not an ISO 8601 duration such as P1DT2H.") },
        { "fromISOTime(text: string, options?: object): duration", "Of a time of day in ISO 8601.", "Duration.fromISOTime('11:22:33').toObject()",
            (run, _, args) => TimeArguments.ShortText(run, args.At(0), IsoReader.LongestDate, "A time") is var text && IsoReader.TryReadTime(text) is { } parts ? Make(run, parts, args.At(1)) : throw run.RangeError($"{Evaluation.Properties.Describe(args.At(0))} is not an ISO 8601 time such as 11:22:33.") },
        { "fromDurationLike(value: duration | object | number): duration", "Of a Duration, of amounts by unit, or of milliseconds.", "Duration.fromDurationLike({ hours: 1 }).toMillis()",
            (run, _, args) => TimeArguments.Length(run, args.At(0)).AsValue() },
        { "isDuration(value: any): boolean", "Whether a value is a Duration.", "Duration.isDuration(5)",
            (_, _, args) => args.At(0).AsOther is DurationValue },
    })
    {
        Description = "What makes lengths of time.",
    };

    private static MethodList Calculations() => new()
    {
        { "as(unit: string): number", "The whole length in one unit, with its fraction.", $"{Sample}.as('days')",
            (run, self, args) => Of(self).Total(TimeArguments.Unit(run, args.At(0))) },
        { "get(unit: string): number", "The amount of one unit, 0 when it has none.", $"{Sample}.get('hours')",
            (run, self, args) => Of(self)[TimeArguments.Unit(run, args.At(0))] },
        { "set(units: object): duration", "With other amounts of these units.", $"{Sample}.set({{ hours: 1 }}).toObject()",
            (run, self, args) => Of(self).With(Mixed(Of(self), TimeArguments.Amounts(run, args.At(0).AsObject ?? throw run.TypeError("set needs an object, e.g. { hours: 9 }.")))).AsValue() },
        { "plus(other: duration | object | number): duration", "The sum, unit by unit.", $"{Sample}.plus({{ hours: 2 }}).hours",
            (run, self, args) => Of(self).Plus(TimeArguments.Length(run, args.At(0), args.At(1))).AsValue() },
        { "minus(other: duration | object | number): duration", "The difference, unit by unit.", $"{Sample}.minus({{ hours: 2 }}).hours",
            (run, self, args) => Of(self).Plus(TimeArguments.Length(run, args.At(0), args.At(1)).Negated()).AsValue() },
        { "negate(): duration", "The opposite, unit by unit.", $"{Sample}.negate().hours",
            (_, self, _) => Of(self).Negated().AsValue() },
        { "mapUnits(f: (amount: number, unit: string) => number): duration", "With each amount replaced by what the function gives.", $"{Sample}.mapUnits(x => x * 2).hours", MapUnits },
        { "shiftTo(...units: string[]): duration", "The same length in these units: whole numbers of all but the least.", $"{Sample}.shiftTo('days', 'hours').toObject()", ShiftTo },
        { "shiftToAll(): duration", "The same length in all units but quarters.", $"{Sample}.shiftToAll().days",
            (_, self, _) => Of(self).ShiftedToAll().AsValue() },
        { "normalize(): duration", "The same units, each as full as the next greater one allows, and of one sign.", "Duration.fromObject({ hours: 12, minutes: 90 }).normalize().toObject()",
            (_, self, _) => Of(self).Normalised().AsValue() },
        { "rescale(): duration", "The same length in the fewest and greatest units.", $"{Sample}.rescale().toObject()",
            (_, self, _) => Of(self).Rescaled().AsValue() },
        { "removeZeros(): duration", "Without units that are 0.", "Duration.fromObject({ hours: 1, minutes: 0 }).removeZeros().toObject()",
            (_, self, _) => Of(self).WithoutZeros().AsValue() },
        { "reconfigure(options: object): duration", "With another locale or conversionAccuracy.", $"{Sample}.reconfigure({{ locale: 'de' }}).toHuman()", Reconfigure },
        { "equals(other: duration): boolean", "Whether both have the same amounts, unit by unit: 60 minutes are not 1 hour. Compare lengths with toMillis().", $"{Sample}.equals({Sample})",
            (_, self, args) => args.At(0).AsOther is DurationValue other && other.SameAs(Of(self)) },
    };

    private static MethodList Output() => new()
    {
        { "toFormat(format: string, options?: object): string", "By tokens: y, M, w, d, h, m, s and S, more letters for leading zeros. The units of the format share the whole length. Options: floor (true), signMode negative, all or negativeLargestOnly.", $"{Sample}.toFormat(\"d 'd' hh:mm:ss\")", Format },
        { "toHuman(options?: object): string", "In words. Options: unitDisplay and listStyle long, short or narrow; showZeros (true); maximumFractionDigits; locale.", $"{Sample}.toHuman()", Human },
        { "toObject(): object", "The amounts by unit.", $"{Sample}.toObject()",
            (_, self, _) => Of(self).ToObject() },
        { "toISO(): string", "ISO 8601.", $"{Sample}.toISO()",
            (run, self, _) => Of(self).Print(run) },
        { "toISOTime(options?: object): string | null", "The time of day of ISO 8601; null when it is negative or a day or more. Options as of DateTime.toISOTime.", "Duration.fromObject({ hours: 11 }).toISOTime()",
            (run, self, args) => Of(self).Millis is >= 0 and < TimeUnits.MillisPerDay ? IsoFormat.Read(run, args.At(0), offset: false).Time(DateTimeValue.Of(Of(self).Millis, ZoneValue.Utc)) : Value.Null },
        { "toMillis(): number", "The whole length in milliseconds.", $"{Sample}.toMillis()",
            (_, self, _) => Of(self).Millis },
        { "valueOf(): number", "The whole length in milliseconds.", $"{Sample}.valueOf()",
            (_, self, _) => Of(self).Millis },
        { "toJSON(): string", "The same as toISO().", $"{Sample}.toJSON()",
            (run, self, _) => Of(self).Print(run) },
        { "toString(): string", "The same as toISO().", $"{Sample}.toString()",
            (run, self, _) => Of(self).Print(run) },
    };

    private static PropertyList Properties()
    {
        var properties = new PropertyList();
        foreach (var unit in TimeUnits.All) properties.Add($"{TimeUnits.Name(unit)}: number", $"Its {TimeUnits.Name(unit)}, 0 when it has none.", $"{Sample}.{TimeUnits.Name(unit)}", (_, self) => Of(self)[unit]);
        properties.Add("locale: string", "The language and region that it is written in.", $"{Sample}.locale", (_, self) => Of(self).Locale.Name);
        properties.Add("conversionAccuracy: string", "casual or longterm.", $"{Sample}.conversionAccuracy", (_, self) => Of(self).LongTerm ? "longterm" : "casual");
        properties.Add("isValid: boolean", "True: a duration that cannot be is an error at once.", $"{Sample}.isValid", (_, _) => true);
        properties.Add("invalidReason: null", "Null: a duration that cannot be is an error at once.", $"{Sample}.invalidReason", (_, _) => Value.Null);
        return properties;
    }

    private static Value FromObject(Run run, ReadOnlySpan<Value> arguments) => arguments.At(0) switch
    {
        { AsObject: { } units } => Make(run, TimeArguments.Amounts(run, units), arguments.At(1)),
        { AsOther: DurationValue same } => same.AsValue(),
        var other => throw run.TypeError($"A duration such as {{ days: 1 }} was expected, not {Evaluation.Properties.Describe(other)}."),
    };

    private static Value Make(Run run, IEnumerable<(TimeUnit Unit, double Amount)> parts, Value options)
    {
        TimeArguments.Options(run, options, "conversionAccuracy");
        return new DurationValue(parts, TimeArguments.LongTerm(run, options) ?? false, TimeArguments.Locale(run, options, Locale.Default)).AsValue();
    }

    private static IEnumerable<(TimeUnit Unit, double Amount)> Mixed(DurationValue duration, List<(TimeUnit Unit, double Amount)> parts) =>
        duration.Parts.Select(p => parts.FindIndex(n => n.Unit == p.Unit) is >= 0 and var at ? parts[at] : p).Concat(parts.Where(p => duration.Find(p.Unit) is null));

    private static Value MapUnits(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var map = Callback.Function(run, arguments.At(0));
        return Of(self).With(Of(self).Parts.Select(p => (p.Unit, TimeArguments.Amount(run, map.Call(run, [p.Amount, TimeUnits.Name(p.Unit)])))).ToArray()).AsValue();
    }

    private static Value ShiftTo(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var units = new TimeUnit[arguments.Length];
        for (var i = 0; i < units.Length; i++) units[i] = TimeArguments.Unit(run, arguments[i]);
        return Of(self).ShiftedTo(units).AsValue();
    }

    private static Value Reconfigure(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        TimeArguments.Options(run, arguments.At(0), "conversionAccuracy");
        return Of(self).With(TimeArguments.LongTerm(run, arguments.At(0)), TimeArguments.Locale(run, arguments.At(0), Of(self).Locale)).AsValue();
    }

    private static Value Format(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var options = arguments.At(1);
        TimeArguments.Options(run, options, "floor", "round", "signMode");
        bool Option(string name) => options[name].IsUndefined || Coercion.ToBoolean(options[name]);
        var signMode = options["signMode"].IsUndefined ? "negative" : Coercion.ToString(run, options["signMode"]);
        if (signMode is not ("negative" or "all" or "negativeLargestOnly")) throw run.RangeError($"signMode cannot be '{signMode}': negative, all and negativeLargestOnly are possible.");
        return run.Made(DurationFormat.Format(run, Of(self), Coercion.ToString(run, arguments.At(0)), Option("floor") && Option("round"), signMode));
    }

    private static Value Human(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var options = arguments.At(0);
        TimeArguments.Options(run, options, "unitDisplay", "listStyle", "showZeros", "maximumFractionDigits");
        string Style(string name, string missing) => options[name].IsUndefined ? missing : Coercion.ToString(run, options[name]) is "long" or "short" or "narrow" ? options[name].AsString!
            : throw run.RangeError($"{name} can be long, short or narrow.");
        var digits = options["maximumFractionDigits"].IsUndefined ? 3 : (int)Math.Clamp(Coercion.ToInteger(run, options["maximumFractionDigits"]), 0, 20);
        var showsZeros = options["showZeros"].IsUndefined || Coercion.ToBoolean(options["showZeros"]);
        return run.Made(DurationFormat.Human(Of(self), TimeArguments.Locale(run, options, Of(self).Locale), Style("unitDisplay", "long"), Style("listStyle", "narrow"), showsZeros, digits));
    }

    private static DurationValue Of(Value self) => (DurationValue)self.AsOther!;
}
