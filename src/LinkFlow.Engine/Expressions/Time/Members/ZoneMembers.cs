using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Expressions.Time.Formats;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Members;

/// <summary>Members of time zones, as <c>$now.zone</c> gives one.</summary>
internal static class ZoneMembers
{
    public static MethodTable All { get; } = new("zone", new MethodList
    {
        { "offset(millis: number): number", "Minutes ahead of UTC at a time.", "$now.zone.offset($now.toMillis())",
            (run, self, args) => Of(self).OffsetAt(TimeArguments.Amount(run, args.At(0))) },
        { "offsetName(millis: number, options?: object): string", "What the zone is called at a time; { format: 'long' } in full, { locale: 'de' } in another language.", "$now.setZone('America/New_York').zone.offsetName(0, { format: 'long' })", OffsetName },
        { "formatOffset(millis: number, format: string): string", "The offset at a time: short for +05:30, narrow for +5:30, techie for +0530.", "$now.setZone('Asia/Kolkata').zone.formatOffset(0, 'short')", FormatOffset },
        { "equals(other: zone): boolean", "Whether it is the same zone.", "$now.zone.equals($today.zone)",
            (_, self, args) => args.At(0).AsOther is ZoneValue other && other.SameAs(Of(self)) },
        { "toString(): string", "Its name.", "$now.zone.toString()",
            (_, self, _) => Of(self).Name },
    })
    {
        Description = "A time zone: one of the IANA database, or a fixed offset from UTC.",
        Properties = new PropertyList
        {
            { "name: string", "An IANA name, or such as UTC+5:30.", "$now.zone.name", (_, self) => Of(self).Name },
            { "ianaName: string", "The name in the IANA database, also of an offset.", "$now.zone.ianaName", (_, self) => Of(self).IanaName },
            { "type: string", "iana, or fixed for an offset.", "$now.zone.type", (_, self) => Of(self).IsFixed ? "fixed" : "iana" },
            { "isUniversal: boolean", "Whether it has one offset for ever.", "$now.zone.isUniversal", (_, self) => Of(self).IsFixed },
            { "isValid: boolean", "True: a zone that cannot be is an error at once.", "$now.zone.isValid", (_, _) => true },
        },
    };

    private static Value OffsetName(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        TimeArguments.Options(run, arguments.At(1), "format");
        var time = DateTimeValue.Of(TimeArguments.Amount(run, arguments.At(0)), Of(self), TimeArguments.Locale(run, arguments.At(1), Locale.Default));
        return TokenFormat.OffsetName(time, time.Locale, arguments.At(1)["format"].AsString == "long");
    }

    private static Value FormatOffset(Run run, Value self, ReadOnlySpan<Value> arguments)
    {
        var time = DateTimeValue.Of(TimeArguments.Amount(run, arguments.At(0)), Of(self));
        var format = Coercion.ToString(run, arguments.At(1));
        var token = format switch { "narrow" => "Z", "short" => "ZZ", "techie" => "ZZZ", _ => throw run.RangeError($"An offset cannot be formatted as '{format}': short, narrow and techie are possible.") };
        return TokenFormat.Standard(time, token, allowZ: false);
    }

    private static ZoneValue Of(Value self) => (ZoneValue)self.AsOther!;
}
