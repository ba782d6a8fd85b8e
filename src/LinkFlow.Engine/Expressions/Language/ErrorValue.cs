using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>What <c>new Error(…)</c> makes and <c>catch</c> receives.</summary>
internal sealed class ErrorValue(string name, string message) : LanguageObject
{
    private static readonly MethodTable ErrorMethods = new("error", new Dictionary<string, NativeMethod>
    {
        ["toString"] = (run, self, _) => run.Made(((ErrorValue)self.AsOther!).Print(run)),
    });

    public string Name => name;
    public override string TypeName => "error";
    public override MethodTable Methods => ErrorMethods;

    /// <summary>An error of the language as the expression sees it.</summary>
    public static ErrorValue Of(ExpressionException e) => new(
        e.Code switch
        {
            ExpressionErrorCodes.Type or ExpressionErrorCodes.UnknownName => "TypeError",
            ExpressionErrorCodes.Range => "RangeError",
            ExpressionErrorCodes.Syntax => "SyntaxError",
            _ => "Error",
        },
        e.Reason);

    public override Value Get(Run run, string property) => property switch
    {
        "name" => name,
        "message" => message,
        _ => default(Value),
    };

    public override string Print(Run run) => message.Length == 0 ? name : $"{name}: {message}";
}
