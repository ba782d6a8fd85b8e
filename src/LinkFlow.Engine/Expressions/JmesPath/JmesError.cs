namespace LinkFlow.Engine.Expressions.JmesPath;

/// <summary>The kinds of errors that the specification of JMESPath names, as errors of the expression.</summary>
internal static class JmesError
{
    public static ExpressionException Syntax(string query, int position, string what) =>
        new(ExpressionErrorCodes.Syntax, $"This is not JMESPath: {what}, at {position} of '{Shortened(query)}'.");

    public static ExpressionException UnknownFunction(string name, string suggestion) =>
        new(ExpressionErrorCodes.UnknownName, $"JMESPath has no function '{name}'.{suggestion}");

    public static ExpressionException Arity(string name, string expected, int given) =>
        new(ExpressionErrorCodes.Type, $"{name}() of JMESPath takes {expected}, not {given}.");

    public static ExpressionException Type(string name, string expected, string given) =>
        new(ExpressionErrorCodes.Type, $"{name}() of JMESPath needs {expected}, not {given}.");

    public static ExpressionException Value(string message) => new(ExpressionErrorCodes.Range, message);

    private static string Shortened(string query) => query.Length <= 80 ? query : query[..80] + "…";
}
