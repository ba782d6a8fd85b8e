using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time.Locales;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Time.Reading;

/// <summary>What a text said of a date.</summary>
/// <param name="Zone">The zone or offset that it named; null for none.</param>
/// <param name="Offset">In minutes, where it named an offset beside a zone.</param>
internal sealed record ReadDate(DateParts Parts, ZoneValue? Zone, double? Offset = null)
{
    /// <param name="options">zone: what a text without a zone is in, and the result; setZone: the result stays in the zone that the text names; locale.</param>
    /// <param name="now">Whose parts are taken for missing greater ones; null: the present.</param>
    public DateTimeValue ToDateTime(Run run, Value options, double? now = null)
    {
        TimeArguments.Options(run, options, "zone", "setZone");
        var zone = TimeArguments.Zone(run, options["zone"]);
        var time = Parts.ToDateTime(run, Zone ?? zone, TimeArguments.Locale(run, options, Locale.Default), now, Offset);
        return Coercion.ToBoolean(options["setZone"]) ? time : time.In(zone);
    }
}
