using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Formats;

/// <summary>
/// What toLocaleString shows, in the words of JavaScript's Intl.DateTimeFormat: <c>numeric</c>, <c>2-digit</c>,
/// <c>long</c>, <c>short</c> or <c>narrow</c>; null for what it does not show.
/// </summary>
internal sealed record DateFormatOptions
{
    private const string N = "numeric";
    private const string S = "short";
    private const string L = "long";

    private static readonly string[] Numbers = [N, "2-digit"];
    private static readonly string[] Words = [L, S, "narrow"];
    private static readonly string[] Styles = ["full", L, "medium", S];
    private static readonly string[] ZoneNames = [S, L, "shortOffset", "longOffset"];
    private static readonly string[] Names = ["weekday", "year", "month", "day", "hour", "minute", "second", "fractionalSecondDigits", "timeZoneName", "hour12", "hourCycle", "timeZone", "dateStyle", "timeStyle", "locale", "numberingSystem", "outputCalendar", "calendar", "localeMatcher", "formatMatcher"];

    public static readonly DateFormatOptions DateShort = new() { Year = N, Month = N, Day = N };
    public static readonly DateFormatOptions DateMed = DateShort with { Month = S };
    public static readonly DateFormatOptions DateMedWithWeekday = DateMed with { Weekday = S };
    public static readonly DateFormatOptions DateFull = DateShort with { Month = L };
    public static readonly DateFormatOptions DateHuge = DateFull with { Weekday = L };
    public static readonly DateFormatOptions TimeSimple = new() { Hour = N, Minute = N };
    public static readonly DateFormatOptions TimeWithSeconds = TimeSimple with { Second = N };
    public static readonly DateFormatOptions TimeWithShortOffset = TimeWithSeconds with { TimeZoneName = S };
    public static readonly DateFormatOptions TimeWithLongOffset = TimeWithSeconds with { TimeZoneName = L };
    public static readonly DateFormatOptions Time24Simple = TimeSimple with { TwelveHours = false };
    public static readonly DateFormatOptions Time24WithSeconds = TimeWithSeconds with { TwelveHours = false };
    public static readonly DateFormatOptions Time24WithShortOffset = TimeWithShortOffset with { TwelveHours = false };
    public static readonly DateFormatOptions Time24WithLongOffset = TimeWithLongOffset with { TwelveHours = false };
    public static readonly DateFormatOptions DateTimeShort = DateShort with { Hour = N, Minute = N };
    public static readonly DateFormatOptions DateTimeShortWithSeconds = DateTimeShort with { Second = N };
    public static readonly DateFormatOptions DateTimeMed = DateMed with { Hour = N, Minute = N };
    public static readonly DateFormatOptions DateTimeMedWithSeconds = DateTimeMed with { Second = N };
    public static readonly DateFormatOptions DateTimeMedWithWeekday = DateTimeMed with { Weekday = S };
    public static readonly DateFormatOptions DateTimeFull = DateFull with { Hour = N, Minute = N, TimeZoneName = S };
    public static readonly DateFormatOptions DateTimeFullWithSeconds = DateTimeFull with { Second = N };
    public static readonly DateFormatOptions DateTimeHuge = DateHuge with { Hour = N, Minute = N, TimeZoneName = L };
    public static readonly DateFormatOptions DateTimeHugeWithSeconds = DateTimeHuge with { Second = N };

    public string? Weekday { get; init; }
    public string? Year { get; init; }
    public string? Month { get; init; }
    public string? Day { get; init; }
    public string? Hour { get; init; }
    public string? Minute { get; init; }
    public string? Second { get; init; }

    /// <summary>0 to 3.</summary>
    public int FractionalDigits { get; init; }
    public string? TimeZoneName { get; init; }

    /// <summary>Null: as the locale is used to.</summary>
    public bool? TwelveHours { get; init; }

    /// <summary>Null: the date's own.</summary>
    public ZoneValue? Zone { get; init; }
    public string? DateStyle { get; init; }
    public string? TimeStyle { get; init; }

    public bool HasDate => (Weekday ?? Year ?? Month ?? Day ?? DateStyle) is not null;
    public bool HasTime => (Hour ?? Minute ?? Second ?? TimeStyle) is not null;

    /// <summary>From the second argument of toLocaleString and the like; nothing is no options.</summary>
    /// <exception cref="ExpressionException">There is no such option, or it cannot have that value.</exception>
    public static DateFormatOptions Read(Run run, Value value)
    {
        if (value.IsNullOrUndefined) return new DateFormatOptions();
        if (value.AsObject is not { } given) throw run.TypeError($"Options such as {{ dateStyle: 'medium' }} or DateTime.DATE_MED were expected, not {Properties.Describe(value)}.");
        foreach (var (name, _) in given)
            if (!Names.Contains(name)) throw run.RangeError($"'{name}' is not an option of date formats.{DidYouMean.Suggestion(name, Names)}");
        string? Word(string name, string[] known) => given[name].IsUndefined ? null : Coercion.ToString(run, given[name]) is var word && known.Contains(word) ? word
            : throw run.RangeError($"{name} cannot be '{word}': {string.Join(", ", known)} are possible.");
        var options = new DateFormatOptions
        {
            Weekday = Word("weekday", Words),
            Year = Word("year", Numbers),
            Month = Word("month", [.. Numbers, .. Words]),
            Day = Word("day", Numbers),
            Hour = Word("hour", Numbers),
            Minute = Word("minute", Numbers),
            Second = Word("second", Numbers),
            FractionalDigits = given["fractionalSecondDigits"].IsUndefined ? 0 : (int)Math.Clamp(Coercion.ToInteger(run, given["fractionalSecondDigits"]), 0, 3),
            TimeZoneName = Word("timeZoneName", ZoneNames),
            TwelveHours = given["hour12"].IsNullOrUndefined ? Word("hourCycle", ["h12", "h23"]) is { } cycle ? cycle == "h12" : null : Coercion.ToBoolean(given["hour12"]),
            Zone = given["timeZone"].IsNullOrUndefined ? null : ZoneValue.Of(Coercion.ToString(run, given["timeZone"])),
            DateStyle = Word("dateStyle", Styles),
            TimeStyle = Word("timeStyle", Styles),
        };
        var hasParts = (options.Weekday ?? options.Year ?? options.Month ?? options.Day ?? options.Hour ?? options.Minute ?? options.Second) is not null;
        return hasParts && (options.DateStyle ?? options.TimeStyle) is not null
            ? throw run.TypeError("dateStyle and timeStyle cannot be combined with single parts such as weekday or hour.")
            : options;
    }

    /// <summary>As an object of the expression: DateTime.DATE_MED is one.</summary>
    public Value ToValue()
    {
        var o = new ObjectValue();
        (string Name, string? Word)[] words = [("year", Year), ("month", Month), ("day", Day), ("weekday", Weekday), ("hour", Hour), ("minute", Minute), ("second", Second), ("hourCycle", TwelveHours == false ? "h23" : null), ("timeZoneName", TimeZoneName)];
        foreach (var (name, word) in words)
            if (word is not null) o.Set(name, word);
        return Value.From(o).Freeze();
    }
}
