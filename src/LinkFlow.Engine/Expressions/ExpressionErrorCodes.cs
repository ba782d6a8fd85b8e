namespace LinkFlow.Engine.Expressions;

/// <summary>The codes of <see cref="ExpressionException"/>.</summary>
public static class ExpressionErrorCodes
{
    /// <summary>The text is not of the language.</summary>
    public const string Syntax = "SYNTAX";

    /// <summary>A variable, function or method that does not exist, or a node that the workflow does not have.</summary>
    public const string UnknownName = "UNKNOWN_NAME";

    /// <summary>An operation on a value of a kind that it cannot be done to.</summary>
    public const string Type = "TYPE";

    /// <summary>An argument outside its range.</summary>
    public const string Range = "RANGE";

    /// <summary>A variable that is used before its declaration has run.</summary>
    public const string Reference = "REFERENCE";

    /// <summary>A parameter, or a part of its text, came out undefined.</summary>
    public const string Undefined = "UNDEFINED";

    /// <summary>A node that has not been executed, as far as this node can see.</summary>
    public const string NotExecuted = "NOT_EXECUTED";

    /// <summary>An item that cannot be followed back to one item of a node: it did not come through it, came from several, or a node on the way does not say.</summary>
    public const string Pairing = "PAIRING";

    /// <summary>One of <see cref="ExpressionLimits"/> was exceeded.</summary>
    public const string Limit = "LIMIT";

    /// <summary>The expression itself threw.</summary>
    public const string Thrown = "THROWN";
}
