using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Schedules.Timing;
using NodaTime;
using NodaTime.Text;

namespace LinkFlow.Platform.Schedules;

/// <summary>Holidays that schedules may refer to.</summary>
public sealed record HolidayCalendar
{
    public static readonly DocumentType Type = new("calendar");
    public const int MostDates = 5000;

    private static readonly AnnualDatePattern Yearly = AnnualDatePattern.Iso;

    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary><c>2026-12-25</c>, or <c>12-25</c> for every year.</summary>
    public required IReadOnlyList<string> Dates { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public HolidayDates Holidays => new(
        Dates.Where(IsSingle).Select(d => LocalDatePattern.Iso.Parse(d).Value),
        Dates.Where(d => !IsSingle(d)).Select(d => Yearly.Parse(d).Value));

    public static bool IsDate(string text) => IsSingle(text) ? LocalDatePattern.Iso.Parse(text).Success : Yearly.Parse(text).Success;

    public ObjectValue Show() => new()
    {
        { "id", Id }, { "name", Name }, { "dates", new ArrayValue(Dates.Select(d => Value.From(d))) }, { "createdAt", Rfc3339.Write(CreatedAt) },
    };

    /// <summary>What events say of it.</summary>
    public ObjectValue Told() => new(2) { { "calendarId", Id }, { "name", Name } };

    public static HolidayCalendar FromDocument(Value body) => new()
    {
        Id = body["id"].AsString!,
        Name = body["name"].AsString!,
        Dates = [.. body["dates"].AsArray!.Select(d => d.AsString!)],
        CreatedAt = Schedule.TimeOf(body["createdAt"])!.Value,
    };

    private static bool IsSingle(string text) => text.Length > 5;
}
