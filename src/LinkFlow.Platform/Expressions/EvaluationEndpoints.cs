using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Expressions;

/// <summary>Trying an expression out, for editors: a failed expression is an answer, not an error of the request.</summary>
public sealed class EvaluationEndpoints(EvaluationService evaluation)
{
    /// <summary>What an editor tells apart; everything else that expressions know is an object to it.</summary>
    private static readonly HashSet<string> Types =
        ["string", "number", "boolean", "null", "undefined", "array", "object", "date", "function", "regexp", "set", "map"];

    public void Map(ApiRoutes routes) =>
        routes.Post("/expressions/evaluate", EvaluateAsync).Needs(Permissions.ExecutionRead).Says("Try an expression out, on an item or as a node's run saw things")
            .Takes<EvaluateBody>().Answers<EvaluatedResource>(200, "The value, or what is wrong with the expression.");

    private async Task<Answer> EvaluateAsync(ApiRequest request)
    {
        var wanted = EvaluationRequest.Read(await request.ReadObjectAsync());
        try
        {
            var result = await evaluation.EvaluateAsync(request.Principal, wanted, request.Aborted);
            return Answer.Ok(new ObjectValue { { "ok", true }, { "value", result.Value }, { "type", Types.Contains(result.Type) ? result.Type : "object" }, { "text", result.Text } });
        }
        catch (ExpressionException e)
        {
            var error = new ObjectValue { { "code", e.Code }, { "message", e.Message }, { "position", e.Position < 0 ? Value.Null : e.Position } };
            return Answer.Ok(new ObjectValue { { "ok", false }, { "error", error } });
        }
    }
}
