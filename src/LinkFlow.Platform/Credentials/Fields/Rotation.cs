using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Credentials.Fields;

/// <summary>Puts the new secrets of a rotation over a credential's data. Pure.</summary>
internal static class Rotation
{
    /// <summary>The credential's data with the secrets that are given; those that are not stay null, and so are kept.</summary>
    /// <exception cref="ApiException">400: something is given that is no secret, or nothing is.</exception>
    public static ObjectValue Over(CredentialTypeDescriptor type, Credential before, ObjectValue given)
    {
        var problems = new Problems();
        var data = before.Data.Copy();
        var known = type.NamedFields is { } list ? [.. type.SecretFields, list] : type.SecretFields;
        var count = 0;
        foreach (var (name, value) in given)
        {
            var pointer = "/data" + JsonPointer.Append("", name);
            if (!known.Contains(name)) problems.Add(pointer, $"'{(name.Length <= 64 ? name : name[..64] + "…")}' is no secret of the type '{type.Type}'.{DidYouMean.Suggestion(name, known)} A rotation takes secrets only; other fields are changed with PUT.");
            else if (name == type.NamedFields) count += Elements(data, name, value, pointer, problems);
            else if (value.IsNullOrUndefined || value.AsString is "") problems.Add(pointer, $"'{name}' has no new value.");
            else
            {
                data.Set(name, value);
                count++;
            }
        }

        if (count == 0 && !problems.Any) problems.Add("/data", $"No new secret is given; '{type.Type}' has {string.Join(", ", known)}.");
        problems.ThrowIfAny();
        return data;
    }

    /// <summary>Named elements in place of those of the same name.</summary>
    private static int Elements(ObjectValue data, string list, Value given, string pointer, Problems problems)
    {
        if (given.AsArray is not { } elements)
        {
            problems.Add(pointer, $"'{list}' is {BodyFields.Describe(given)}; a list of {{name, value}} is expected.");
            return 0;
        }

        var whole = data[list].AsArray!.Copy();
        for (var i = 0; i < elements.Count; i++)
        {
            var at = Enumerable.Range(0, whole.Count).FirstOrDefault(n => whole[n]["name"] == elements[i]["name"] && whole[n]["secret"] != Value.False, -1);
            if (at < 0) problems.Add($"{pointer}/{i}/name", "There is no secret field of this name.");
            else if (elements[i]["value"].AsString is not { Length: > 0 }) problems.Add($"{pointer}/{i}/value", "'value' is missing; the new secret is needed, as a string.");
            else whole.Changeable()[at] = whole[at].AsObject!.Copy().Set("value", elements[i]["value"]);
        }

        data.Set(list, whole);
        return elements.Count;
    }
}
