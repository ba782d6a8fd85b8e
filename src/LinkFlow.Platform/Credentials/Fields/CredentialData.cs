using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;

namespace LinkFlow.Platform.Credentials.Fields;

/// <summary>
/// Takes a credential's data apart into what may be shown and what may not, and puts it together again. A secret has a path: its field's name, or
/// <c>fields.token</c> for the element named so of a list of named fields. Pure.
/// </summary>
internal static class CredentialData
{
    /// <summary>Every place in the data that is secret by the type, given or not: its path and its JSON pointer.</summary>
    public static IEnumerable<(string Path, string Pointer)> Places(CredentialTypeDescriptor type, ObjectValue data)
    {
        foreach (var field in type.SecretFields) yield return (field, "/" + field);
        if (type.NamedFields is not { } list || data[list].AsArray is not { } elements) yield break;
        for (var i = 0; i < elements.Count; i++)
            if (PathOf(list, elements[i]) is { } path) yield return (path, $"/{list}/{i}/value");
    }

    /// <returns>The data with every secret null, and the secrets that it held by path. An empty one counts as none.</returns>
    public static (ObjectValue Shown, ObjectValue Secrets) Split(CredentialTypeDescriptor type, ObjectValue data)
    {
        var (shown, secrets) = (data.Copy(), new ObjectValue());
        foreach (var field in type.SecretFields)
        {
            if (IsSet(data[field])) secrets.Set(field, data[field]);
            shown.Set(field, Value.Null);
        }

        if (type.NamedFields is { } list && data[list].AsArray is { } elements)
        {
            shown.Set(list, new ArrayValue(elements.Select(element =>
            {
                if (PathOf(list, element) is not { } path) return element;
                if (IsSet(element["value"])) secrets.Set(path, element["value"]);
                return Value.From(element.AsObject!.Copy().Set("value", Value.Null));
            })));
        }

        return (shown, secrets);
    }

    /// <summary>The data with secrets in their places; what has none is absent. A secret that the data gives wins over one from before.</summary>
    public static ObjectValue Join(CredentialTypeDescriptor type, ObjectValue data, ObjectValue secrets)
    {
        var joined = new ObjectValue(data.Count);
        foreach (var (name, value) in data)
            if (!value.IsNullOrUndefined) joined.Set(name, value);
        foreach (var field in type.SecretFields)
            if (data[field].IsNullOrUndefined && secrets.TryGet(field, out var secret)) joined.Set(field, secret);
        if (type.NamedFields is { } list && data[list].AsArray is { } elements)
        {
            joined.Set(list, new ArrayValue(elements.Select(element =>
                PathOf(list, element) is { } path && element["value"].IsNullOrUndefined && secrets.TryGet(path, out var secret)
                    ? Value.From(element.AsObject!.Copy().Set("value", secret))
                    : element)));
        }

        return joined;
    }

    /// <summary>The data with the schema's defaults in place of what is absent.</summary>
    public static ObjectValue WithDefaults(CredentialTypeDescriptor type, ObjectValue data)
    {
        var whole = data.Copy();
        foreach (var (name, schema) in type.Schema["properties"].AsObject!)
            if (whole[name].IsNullOrUndefined && schema["default"] is { IsUndefined: false } value) whole.Set(name, value);
        return whole;
    }

    private static bool IsSet(Value value) => !value.IsNullOrUndefined && value.AsString is not "";

    private static string? PathOf(string list, Value element) =>
        element["name"].AsString is { } name && element["secret"] != Value.False ? $"{list}.{name}" : null;
}
