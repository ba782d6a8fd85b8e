using System.Collections.Frozen;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Expressions.Time;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library;

/// <summary>The variables that differ from item to item: <c>$input</c>, <c>$now</c>, <c>$('x')</c>. (The compiler has a faster node for <c>$json</c>.)</summary>
internal static class ScopeVariables
{
    public static VariableList All { get; } = new()
    {
        { "$json: object", "The data of the current item. A bare name that is nothing else means a property of it.", "$json.name", run => JsonNode.Of(run.Scope) },
        { "$binary: object", "The files of the current item by name, each with fileId, mimeType, fileName and size in bytes.", "Object.keys($binary)", run => ItemObject.Binary(run.Scope.Item) },
        { "$item: item | undefined", "The current item, with its json and binary; undefined when the node got none.", "$item.json.email", run => run.Scope.Item is { } item ? Value.FromOther(new ItemObject(item)) : default },
        { "$itemIndex: number", "The place of the current item among those of the input, from 0.", "$itemIndex", run => run.Scope.ItemIndex },
        { "$runIndex: number", "Which run of this node it is, from 0; above 0 only within loops.", "$runIndex", run => run.Scope.RunIndex },
        { "$input: input", "All items of the node's first input.", "$input.all().length", _ => Value.FromOther(new InputObject()) },
        { "$(name: string): node", "Another node that has a path to this one, by its name or id.", "$('fetch').first().json.name", _ => Value.FromOther(new NativeFunction("$", (run, _, args) => NodeObject.Find(run, Coercion.ToString(run, args.At(0)), run.Position))) },
        { "$node: object", "Other nodes by name; the older spelling of $('name').item.", "$node['fetch'].json.name", _ => Value.FromOther(new NodesObject()) },
        { "$prevNode: object", "Where the items came from: name, outputIndex and runIndex, from 0. Empty in a start node.", "$prevNode.name", run => Previous(run.Scope.Previous) },
        { "$workflow: object", "The workflow: id, name and active.", "$workflow.name", run => Frozen(run.Scope.Workflow) },
        { "$execution: object", "The execution: id, mode, resumeUrl and customData.", "$execution.mode", run => Frozen(run.Scope.Execution) },
        { "$vars: object", "The variables that are set for all workflows.", "$vars.sender", run => Frozen(run.Scope.Variables) },
        { "$env: object", "The environment variables that a setting allows.", "$env.REGION", run => Frozen(run.Scope.Environment) },
        { "$secrets: object", "The secrets of external stores; only in the fields of a credential.", "$secrets.apiKey", run => run.Scope.Secrets is { } secrets ? Frozen(secrets) : throw run.TypeError("$secrets can be used only in the fields of a credential.") },
        { "$now: DateTime", "The present in the workflow's time zone; the same throughout a run of a node.", "$now.toISO()", run => Value.FromOther(DateTimeValue.Now(run)) },
        { "$today: DateTime", "The start of the present day in the workflow's time zone.", "$today.toISO()", run => Value.FromOther(DateTimeValue.Now(run).StartOf(TimeUnit.Day)) },
    };

    private static readonly FrozenDictionary<string, Func<Run, Value>> ByName = All.ToFrozenDictionary(v => v.Name, v => v.Read);

    public static IEnumerable<string> Names => ByName.Keys;
    public static Func<Run, Value>? Find(string name) => ByName.GetValueOrDefault(name);

    private static Value Frozen(ObjectValue o) => Value.From(o).Freeze();

    private static Value Previous(PreviousNode? previous) => previous is null
        ? new ObjectValue()
        : new ObjectValue { { "name", previous.Name }, { "outputIndex", previous.OutputIndex }, { "runIndex", previous.RunIndex } };
}
