using System.Collections.Frozen;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The variables that differ from item to item: <c>$input</c>, <c>$now</c>, <c>$('x')</c>. (<c>$json</c> has a node of its own.)</summary>
internal static class ScopeVariables
{
    private static readonly FrozenDictionary<string, Func<Run, Value>> All = new Dictionary<string, Func<Run, Value>>
    {
        ["$binary"] = run => ItemObject.Binary(run.Scope.Item),
        ["$item"] = run => run.Scope.Item is { } item ? Value.FromOther(new ItemObject(item)) : default,
        ["$itemIndex"] = run => run.Scope.ItemIndex,
        ["$runIndex"] = run => run.Scope.RunIndex,
        ["$input"] = _ => Value.FromOther(new InputObject()),
        ["$"] = _ => Value.FromOther(new NativeFunction("$", (run, _, args) => NodeObject.Find(run, Coercion.ToString(run, args.At(0)), run.Position))),
        ["$node"] = _ => Value.FromOther(new NodesObject()),
        ["$prevNode"] = run => Previous(run.Scope.Previous),
        ["$workflow"] = run => Frozen(run.Scope.Workflow),
        ["$execution"] = run => Frozen(run.Scope.Execution),
        ["$vars"] = run => Frozen(run.Scope.Variables),
        ["$env"] = run => Frozen(run.Scope.Environment),
        ["$secrets"] = run => run.Scope.Secrets is { } secrets ? Frozen(secrets) : throw run.TypeError("$secrets can be used only in the fields of a credential."),
        ["$now"] = run => Value.FromOther(DateTimeValue.Of(run.Scope.Now, run.Scope.TimeZone)),
        ["$today"] = run => Value.FromOther(DateTimeValue.Of(run.Scope.Now, run.Scope.TimeZone).StartOf("day")),
    }.ToFrozenDictionary();

    public static IEnumerable<string> Names => All.Keys.Append("$json");
    public static Func<Run, Value>? Find(string name) => All.GetValueOrDefault(name);

    private static Value Frozen(ObjectValue o) => Value.From(o).Freeze();

    private static Value Previous(PreviousNode? previous) => previous is null
        ? new ObjectValue()
        : new ObjectValue { { "name", previous.Name }, { "outputIndex", previous.OutputIndex }, { "runIndex", previous.RunIndex } };
}
