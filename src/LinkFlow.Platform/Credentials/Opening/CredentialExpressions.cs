using System.Text.RegularExpressions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Platform.Credentials.Opening;

/// <summary>Resolves the expressions in a credential's fields: <c>$secrets</c> has the secret variables that they name, and behind named fields <c>$json</c> has these. No message holds a value.</summary>
internal static partial class CredentialExpressions
{
    public static bool AreIn(Value value) =>
        value.AsString is { } text ? Template.IsTemplate(text)
        : value.AsObject is { } o ? o.Any(p => AreIn(p.Value))
        : value.AsArray is { } list && list.Any(AreIn);

    /// <summary>The names behind <c>$secrets</c> in any expression of the data.</summary>
    public static IReadOnlySet<string> SecretNames(Value value)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Gather(value, names);
        return names;
    }

    /// <param name="secrets">By name; those that are missing are absent.</param>
    /// <exception cref="NodeException">An expression failed.</exception>
    public static ObjectValue Resolve(Credential credential, CredentialTypeDescriptor type, ObjectValue data, ObjectValue secrets, long now)
    {
        var scope = new ExpressionScope { Secrets = secrets, Now = now };
        if (type.NamedFields is not { } list) return Evaluate(credential, data, scope);
        var fields = Evaluate(credential, new ObjectValue { { list, data[list] } }, scope)[list];
        var named = new ObjectValue();
        foreach (var field in fields.AsArray ?? []) named.Set(field["name"].AsString!, field["value"]);
        var rest = data.Copy();
        rest.Remove(list);
        return Evaluate(credential, rest, scope with { Items = [Item.Of(named)] }).Set(list, fields);
    }

    private static ObjectValue Evaluate(Credential credential, ObjectValue data, ExpressionScope scope)
    {
        var resolved = new ObjectValue(data.Count);
        foreach (var (name, value) in data)
        {
            try
            {
                // Field by field, so that the message can name it; the expression's own message could show what is written there.
                resolved.Set(name, ParameterTree.Compile(new ObjectValue { { name, value } }).Evaluate(scope)[name]);
            }
            catch (ExpressionException e)
            {
                throw new NodeException(CredentialErrors.Invalid, $"The expression in '{name}' of the credential '{credential.Name}' ({credential.Id}) failed: {e.Code}. Only $secrets and, behind named fields, $json have values there.");
            }
        }

        return resolved;
    }

    private static void Gather(Value value, HashSet<string> names)
    {
        if (value.AsString is { } text && Template.IsTemplate(text))
            foreach (Match match in Named().Matches(text)) names.Add(match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value);
        else if (value.AsObject is { } o)
            foreach (var (_, child) in o) Gather(child, names);
        else if (value.AsArray is { } list)
            foreach (var child in list) Gather(child, names);
    }

    [GeneratedRegex("""\$secrets\s*(?:\??\.\s*([A-Za-z_$][A-Za-z0-9_$]*)|(?:\?\.)?\[\s*["']([^"']+)["']\s*\])""", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
