using System.Collections.Concurrent;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Schemas;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Credentials;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Credentials.Fields;

/// <summary>Checks a credential's data against its type. No message holds a secret.</summary>
internal static class CredentialChecks
{
    /// <summary>All fields together, as JSON.</summary>
    private const int MaxDataBytes = 64 * 1024;

    private static readonly ConcurrentDictionary<CredentialTypeDescriptor, JsonSchema> Schemas = new(ReferenceEqualityComparer.Instance);

    /// <summary>Checks whole data, secrets included.</summary>
    /// <exception cref="ApiException">400 with everything that is wrong, pointers into <c>/data</c>.</exception>
    public static void Require(CredentialTypeDescriptor type, ObjectValue data)
    {
        var problems = new Problems();
        var secret = CredentialData.Places(type, data).Select(p => p.Pointer).ToHashSet(StringComparer.Ordinal);
        var schema = Schemas.GetOrAdd(type, t => JsonSchema.Compile(t.Schema));
        foreach (var error in schema.Validate(data, allowExpressions: true)) problems.Add("/data" + error.Pointer, Said(error, secret.Contains(error.Pointer)));
        if (JsonText.WriteBytes(data).Length is > MaxDataBytes and var size) problems.Add("/data", $"'data' has {size} bytes; at most {MaxDataBytes} are kept.");
        RequireExpressions(data, secret, problems);
        problems.ThrowIfAny();
        foreach (var (pointer, message) in type.Check?.Invoke(data) ?? []) problems.Add("/data" + pointer, message);
        problems.ThrowIfAny();
    }

    /// <summary>The secrets in the bytes that the secret store keeps.</summary>
    /// <exception cref="ApiException">400: they are too large together.</exception>
    public static byte[] Packed(ObjectValue secrets)
    {
        var bytes = JsonText.WriteBytes(secrets);
        return bytes.Length <= ISecretStore.MaxBytes ? bytes : throw ApiException.Validation("/data", $"The secrets have {bytes.Length} bytes together; at most {ISecretStore.MaxBytes} are kept.");
    }

    /// <summary>What should be better about secrets that are saved all the same.</summary>
    public static IReadOnlyList<string> WarningsOf(ObjectValue secrets) =>
    [
        .. secrets.Where(s => s.Value.AsString is { Length: < SecretMask.ShortestMasked } text && !Template.IsTemplate(text))
            .Select(s => $"The secret '{s.Key}' has fewer than {SecretMask.ShortestMasked} characters: it is not hidden where node data or errors show it. Use a longer one."),
    ];

    /// <summary>A change of where the secrets go needs them again: else whoever may change a credential could have them sent to itself.</summary>
    /// <param name="given">As the caller sent it.</param>
    /// <exception cref="ApiException">400 naming the secrets.</exception>
    public static void RequireSecretsAgain(CredentialTypeDescriptor type, Credential before, ObjectValue after, IReadOnlyList<string> allowedHosts, ObjectValue given)
    {
        var changed = type.DestinationFields.Where(f => Changed(before.Data[f], after[f])).Select(f => $"'{f}'").ToList();
        if (!before.AllowedHosts.ToHashSet().SetEquals(allowedHosts)) changed.Add("'allowedHosts'");
        if (changed.Count == 0) return;
        var problems = new Problems();
        var places = CredentialData.Places(type, given).ToDictionary(p => p.Path, p => p.Pointer);
        var (_, secrets) = CredentialData.Split(type, given);
        foreach (var path in before.SecretSet.Where(p => places.ContainsKey(p) && !secrets.Contains(p)))
            problems.Add("/data" + places[path], $"'{path}' has to be given again, because {string.Join(" and ", changed)} changed: a secret does not follow to another place by itself.");
        problems.ThrowIfAny();
    }

    private static bool Changed(Value before, Value after) => (before.IsNullOrUndefined ? Value.Null : before) != (after.IsNullOrUndefined ? Value.Null : after);

    private static string Said(SchemaError error, bool isSecret)
    {
        if (!isSecret) return error.Message;
        var end = error.Message.IndexOf("; is ", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }

    private static void RequireExpressions(ObjectValue data, HashSet<string> secret, Problems problems)
    {
        foreach (var (pointer, text) in Texts("", data))
        {
            if (!Template.IsTemplate(text)) continue;
            try
            {
                Template.Compile(text);
            }
            catch (ExpressionException e)
            {
                problems.Add("/data" + pointer, secret.Contains(pointer) ? $"The expression is not of the language (at {e.Position}). A secret that holds '{{{{' is written with '\\{{{{'." : e.Message);
            }
        }
    }

    private static IEnumerable<(string Pointer, string Text)> Texts(string pointer, Value value) =>
        value.AsString is { } text ? [(pointer, text)]
        : value.AsObject is { } o ? o.SelectMany(p => Texts(Engine.Text.JsonPointer.Append(pointer, p.Key), p.Value))
        : value.AsArray is { } list ? list.SelectMany((v, i) => Texts($"{pointer}/{i}", v))
        : [];
}
