using System.Text.Json.Nodes;
using LinkFlow.Platform.Workflows;

namespace LinkFlow.Platform.Expressions;

/// <summary>The forms that body and answer of <c>/expressions/evaluate</c> have; the OpenAPI document is made from them.</summary>
/// <param name="Expression">As a parameter holds it: text with <c>{{ expressions }}</c>.</param>
/// <param name="Item">The current item, to try it without an execution.</param>
/// <param name="Items">All items of the input, instead of <paramref name="Item"/>.</param>
/// <param name="ItemIndex">Which of the input's items is the current one; default 0.</param>
/// <param name="ExecutionId">With <paramref name="NodeId"/>: see what a run of that node saw.</param>
/// <param name="NodeId">Id or name.</param>
/// <param name="Run">Which run of the node; default 0.</param>
public sealed record EvaluateBody(string Expression, ItemResource? Item, IReadOnlyList<ItemResource>? Items, int? ItemIndex, string? ExecutionId, string? NodeId, int? Run);

/// <param name="Ok">True: value, type and text are there; false: error is.</param>
/// <param name="Value">As JSON; null for what JSON has no form for.</param>
/// <param name="Type">string, number, boolean, null, undefined, array, object, date, function, regexp, set or map.</param>
/// <param name="Text">As String(value) prints it.</param>
public sealed record EvaluatedResource(bool Ok, JsonNode? Value, string? Type, string? Text, EvaluationErrorResource? Error);

/// <param name="Position">Characters from the start of the text; null where it is about no place.</param>
public sealed record EvaluationErrorResource(string Code, string Message, int? Position);
