using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Library;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Language;

/// <summary>What <c>new Error(…)</c> makes and <c>catch</c> receives.</summary>
internal sealed class ErrorValue(string name, string message, Value cause = default) : LanguageObject
{
    public static MethodTable AllMethods { get; } = new("error", new MethodList
    {
        { "toString(): string", "Its name and message.", "new RangeError('Too large').toString()",
            (run, self, _) => run.Made(Of(self).Print(run)) },
    })
    {
        Description = "What new Error(…) makes and catch receives. Exceeding a limit cannot be caught.",
        Properties = new PropertyList
        {
            { "name: string", "Its kind: Error, TypeError, RangeError, SyntaxError, …", "new RangeError('Too large').name", (_, self) => Of(self).Name },
            { "message: string", "What was wrong.", "(() => { try { return null.x; } catch (e) { return e.message; } })()", (_, self) => Of(self).Message },
            { "cause: any", "What it was given as its cause; undefined without one.", "new Error('No answer', { cause: 'timeout' }).cause", (_, self) => Of(self).Cause },
        },
    };

    public string Name => name;
    private string Message => message;
    private Value Cause => cause;
    public override string TypeName => "error";
    public override MethodTable Methods => AllMethods;

    /// <summary>An error of the language as the expression sees it.</summary>
    public static ErrorValue Of(ExpressionException e) => new(
        e.Code switch
        {
            ExpressionErrorCodes.Type or ExpressionErrorCodes.UnknownName => "TypeError",
            ExpressionErrorCodes.Reference => "ReferenceError",
            ExpressionErrorCodes.Range => "RangeError",
            ExpressionErrorCodes.Syntax => "SyntaxError",
            _ => "Error",
        },
        e.Reason);

    public override string Print(Run run) => message.Length == 0 ? name : $"{name}: {message}";

    private static ErrorValue Of(Value self) => (ErrorValue)self.AsOther!;
}
