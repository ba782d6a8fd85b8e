using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions;

/// <summary>What an expression came out as, for people who try one out.</summary>
/// <param name="Value">As JSON; null for what has no JSON form, undefined included.</param>
/// <param name="Type">string, number, boolean, null, undefined, array, object, date, duration, interval, zone, function, regexp, set, map, error.</param>
/// <param name="Text">As <c>String(value)</c> prints it.</param>
public sealed record ExpressionResult(Value Value, string Type, string Text);
