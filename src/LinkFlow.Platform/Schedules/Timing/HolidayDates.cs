using System.Collections.Frozen;
using NodaTime;

namespace LinkFlow.Platform.Schedules.Timing;

/// <summary>Days on which nothing is due: single dates, and dates of every year.</summary>
public sealed class HolidayDates(IEnumerable<LocalDate> dates, IEnumerable<AnnualDate> yearly)
{
    /// <summary>The longest row of holidays that times are shifted over.</summary>
    public const int LongestRow = 366;

    private readonly FrozenSet<LocalDate> _dates = dates.ToFrozenSet();
    private readonly FrozenSet<AnnualDate> _yearly = yearly.ToFrozenSet();

    public static HolidayDates None { get; } = new([], []);

    public bool IsEmpty => _dates.Count == 0 && _yearly.Count == 0;

    public bool Contains(LocalDate date) => _dates.Contains(date) || (_yearly.Count > 0 && _yearly.Contains(new AnnualDate(date.Month, date.Day)));

    /// <summary>The first day from this one on that is none.</summary>
    /// <returns>Null: there is none within a year.</returns>
    public LocalDate? FirstWorkday(LocalDate from)
    {
        for (var i = 0; i <= LongestRow; i++)
        {
            var day = from.PlusDays(i);
            if (!Contains(day)) return day;
        }

        return null;
    }
}
