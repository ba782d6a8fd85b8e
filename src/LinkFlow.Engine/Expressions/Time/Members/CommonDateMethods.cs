using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Reading;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>The data-transformation methods that a DateTime and a Date have alike. What moves a Date gives a Date.</summary>
internal static class CommonDateMethods
{
    private static readonly string[] Extractable = ["year", "month", "week", "weekNumber", "day", "weekday", "hour", "minute", "second", "millisecond", "yearDayNumber", "quarter", "ordinal", "weekYear"];

    public static MethodList OfDateTimes { get; } = Make("$now");
    public static MethodList OfDates { get; } = Make("new Date('2024-03-05T14:07:09Z')");

    private static MethodList Make(string sample) => new()
    {
        { "plus(length: number | object | duration, unit?: string): DateTime", "Later by a number of units, by { days: 1, hours: 2 }, or by a Duration; a number alone is milliseconds. Years to days go by the calendar, hours and less by the clock.", $"{sample}.plus(7, 'days')",
            (run, self, args) => Moved(self, Of(run, self).Plus(TimeArguments.Length(run, args.At(0), args.At(1)))) },
        { "minus(length: number | object | duration, unit?: string): DateTime", "Earlier by a number of units, by { days: 1, hours: 2 }, or by a Duration; a number alone is milliseconds.", $"{sample}.minus({{ months: 1 }})",
            (run, self, args) => Moved(self, Of(run, self).Plus(TimeArguments.Length(run, args.At(0), args.At(1)).Negated())) },
        { "beginningOf(unit?: string): DateTime", "The first moment of the unit around it: year, quarter, month, week (the default, from Monday), day, hour, minute or second.", $"{sample}.beginningOf('month')",
            (run, self, args) => Moved(self, Of(run, self).StartOf(args.At(0).IsUndefined ? TimeUnit.Week : TimeArguments.UnitOrAbbreviation(run, args.At(0)))) },
        { "endOfMonth(): DateTime", "The last millisecond of its month.", $"{sample}.endOfMonth()",
            (run, self, _) => Moved(self, Of(run, self).EndOf(TimeUnit.Month)) },
        { "extract(part?: string): number", "One part as a number: year, month, week (the default), day, weekday, hour, minute, second, millisecond or yearDayNumber.", $"{sample}.extract('year')", Extract },
        { "format(format?: string, options?: object): string", "By Luxon's tokens, yyyy-MM-dd by default; { locale: 'fr' } names the months in another language.", $"{sample}.format('dd/LL/yyyy')",
            (run, self, args) => run.Made(TokenFormat.Format(run, Of(run, self), args.At(0).IsNullOrUndefined ? "yyyy-MM-dd" : Coercion.ToString(run, args.At(0)), TimeArguments.Locale(run, args.At(1), Of(run, self).Locale))) },
        { "isBetween(one: date | string, other: date | string): boolean", "Whether it lies between two moments, in whichever order, and is neither.", $"{sample}.isBetween('2020-01-01', '2030-01-01')", IsBetween },
        { "isDst(): boolean", "Whether summer time is in force in its zone.", $"{sample}.isDst()",
            (run, self, _) => DateTimeProperties.IsSummerTime(Of(run, self)) },
        { "isInLast(count?: number, unit?: string): boolean", "Whether it lies within so many units before now; minutes by default.", $"{sample}.isInLast(7, 'days')", IsInLast },
        { "isWeekend(): boolean", "Whether it is a Saturday or Sunday.", $"{sample}.isWeekend()",
            (run, self, _) => Of(run, self).Weekday >= 6 },
        { "diffTo(other: date | string, unit?: string | string[]): number | object", "The time from another moment to this one in a unit, days by default, with its fraction; of several units an object.", $"{sample}.diffTo('2024-01-01', 'days')",
            (run, self, args) => Difference(run, Of(run, self), AsDate(run, args.At(0)), args.At(1)) },
        { "diffToNow(unit?: string | string[]): number | object", "As diffTo, from now: negative in the past.", $"{sample}.diffToNow('hours')",
            (run, self, args) => Difference(run, Of(run, self), DateTimeValue.Now(run), args.At(0)) },
        { "toDateTime(): DateTime", "The same moment as a DateTime.", $"{sample}.toDateTime()",
            (run, self, _) => Of(run, self).AsValue() },
        { "toInt(): number", "Milliseconds since 1970.", $"{sample}.toInt()",
            (run, self, _) => Of(run, self).Millis },
        { "toFloat(): number", "Milliseconds since 1970.", $"{sample}.toFloat()",
            (run, self, _) => Of(run, self).Millis },
        { "isEmpty(): boolean", "False: a date is never empty.", $"{sample}.isEmpty()",
            (_, _, _) => false },
        { "isNotEmpty(): boolean", "True: a date is never empty.", $"{sample}.isNotEmpty()",
            (_, _, _) => true },
    };

    private static DateTimeValue Of(Run run, Value self) => TimeArguments.Moment(run, self);

    private static Value Moved(Value self, DateTimeValue moved) => self.AsOther is DateValue ? new DateValue(moved.Millis).AsValue() : moved.AsValue();

    /// <summary>Text may be in any known form.</summary>
    private static DateTimeValue AsDate(Run run, Value value) => value.AsString is { } text ? AnyDate.FromText(run, text, default) : TimeArguments.Moment(run, value);

    private static Value Extract(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var part = arguments.At(0).IsUndefined ? "week" : Coercion.ToString(run, arguments.At(0));
        var name = Extractable.FirstOrDefault(p => p.Equals(part, StringComparison.OrdinalIgnoreCase) || (p + "s").Equals(part, StringComparison.OrdinalIgnoreCase))
            ?? TimeUnits.Singular(TimeArguments.UnitOrAbbreviation(run, part));
        return Of(run, self).Get(run, name switch { "week" => "weekNumber", "yearDayNumber" => "ordinal", _ => name });
    }

    private static Value IsBetween(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length != 2) throw run.TypeError("isBetween needs two dates.");
        var (millis, one, other) = (Of(run, self).Millis, AsDate(run, arguments[0]).Millis, AsDate(run, arguments[1]).Millis);
        return millis > Math.Min(one, other) && millis < Math.Max(one, other);
    }

    private static Value IsInLast(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var count = arguments.At(0).IsUndefined ? 0 : arguments.At(0);
        var length = TimeArguments.Length(run, count, arguments.At(1).IsUndefined ? "minutes" : arguments.At(1));
        var (millis, now) = (Of(run, self).Millis, DateTimeValue.Now(run));
        return now.Plus(length.Negated()).Millis <= millis && millis <= now.Millis;
    }

    private static Value Difference(Run run, DateTimeValue one, DateTimeValue other, Value unit)
    {
        var units = unit.AsArray is { Count: 0 } ? [TimeUnit.Day] : TimeArguments.Units(run, unit, TimeUnit.Day);
        var difference = DateDifference.Between(one, other, units);
        return units.Length > 1 ? difference.ToObject() : difference.Total(units[0]);
    }
}
