using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

/// <summary>Evaluates expressions in tests, on one item.</summary>
internal static class Language
{
    /// <summary>2024-03-05T14:07:09.042Z, a Tuesday.</summary>
    public const long Now = 1709647629042;

    /// <summary>The usual limits, but no clock: the machine that runs the tests may be slow.</summary>
    public static ExpressionLimits Unhurried { get; } = new() { MaxTime = TimeSpan.FromHours(1), MaxRegexTime = TimeSpan.FromMinutes(1) };

    public static ExpressionScope Scope(string json = "{}") => new()
    {
        Items = [Item.Of(JsonText.Parse(json))],
        Now = Now,
        NextRandom = () => 0.25,
        Limits = Unhurried,
    };

    /// <summary>The result of one expression, as JSON; <c>undefined</c> as that word.</summary>
    public static string Evaluate(string expression, string json = "{}") => Template.Compile("{{ " + expression + " }}").Evaluate(Scope(json)).ToString();

    /// <summary>A whole parameter's text.</summary>
    public static Value Text(string text, string json = "{}") => Template.Compile(text).Evaluate(Scope(json));

    public static ExpressionException Error(string expression, string json = "{}") => Assert.Throws<ExpressionException>(() => Evaluate(expression, json));
}
