using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Objects;

/// <summary><c>JSON</c>.</summary>
internal static class JsonFunctions
{
    public static NamespaceObject Namespace { get; } = new("JSON", new MethodTable("JSON", new MethodList
    {
        { "parse(text: string, revive?: (name, value) => any): any", "The value that JSON text stands for. Other text is an error that says where.", "JSON.parse('{\"a\":[1,2]}').a",
            (run, _, args) => Revive(run, Parse(run, args.At(0)), args.At(1)) },
        { "stringify(value: any, replacer?: function | string[], indent?: number | string): string | undefined", "The value as JSON text; a replacer chooses or changes properties, an indent makes it several lines. Undefined for undefined and functions.", "JSON.stringify({ a: [1, 2] })",
            (run, _, args) => JsonPrinter.Print(run, args.At(0), args.At(1), args.At(2)) },
    })
    {
        Description = "Values to JSON text and back.",
    });

    /// <summary>JSON text as a value that the expression may change.</summary>
    public static Value Parse(Run run, Value value)
    {
        var text = Coercion.ToString(run, value);
        run.Steps(text.Length / 8);
        run.Make(text.Length);
        run.MakeElements(Elements(text));
        try
        {
            return JsonText.ParseChangeable(text);
        }
        catch (JsonTextException e)
        {
            throw new ExpressionException(ExpressionErrorCodes.Syntax, $"This is not JSON: {e.Message}", run.Position);
        }
    }

    /// <summary>About how many elements and properties the text holds: one more than its commas, those in strings left out.</summary>
    private static int Elements(string text)
    {
        var elements = 1;
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"') inString = !inString;
            else if (inString && c == '\\') i++;
            else if (!inString && (c is ',' or '[' or '{')) elements++;
        }

        return elements;
    }

    private static Value Revive(Run run, Value value, Value reviver) =>
        reviver.AsOther is FunctionValue function ? ReviveMember(run, function, "", value) : value;

    private static Value ReviveMember(Run run, FunctionValue reviver, string name, Value value)
    {
        run.Enter();
        if (value.AsArray is { } array)
        {
            var elements = array.Changeable();
            for (var i = 0; i < elements.Count; i++) elements[i] = ReviveMember(run, reviver, JavaScriptNumber.ToString(i), elements[i]);
        }
        else if (value.AsObject is { } o)
        {
            foreach (var key in Properties.Keys(value).ToArray())
            {
                var member = ReviveMember(run, reviver, key, o[key]);
                if (member.IsUndefined) o.Remove(key);
                else o.Set(key, member);
            }
        }

        run.Leave();
        return reviver.Call(run, [name, value]);
    }
}
