using System.Text.Json.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Settings;

namespace LinkFlow.Platform.Variables;

/// <summary>The bodies and answers of <c>/variables</c>: the records document them, <see cref="VariableRequests"/> reads them.</summary>
public record VariableBody
{
    /// <summary>A letter or _, then letters, digits and _: 1 to 128 characters of ASCII. Expressions call it <c>$vars.NAME</c>, a secret one <c>$secrets.NAME</c>.</summary>
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>Of the type. A secret one is never shown; null or absent in a PUT keeps it.</summary>
    public JsonNode? Value { get; init; }

    /// <summary>string (default), number, boolean or json.</summary>
    public string? Type { get; init; }

    /// <summary>tenant (default) or workflow.</summary>
    public string? Scope { get; init; }

    /// <summary>The workflow that it is for, with scope workflow.</summary>
    public string? WorkflowId { get; init; }

    /// <summary>Write-only, and usable only in the fields of credentials. Cannot be changed later.</summary>
    public bool? Secret { get; init; }

    /// <summary>Environment (LinkFlow:Environment) → its own value. Of a secret one null keeps what is there.</summary>
    public IReadOnlyDictionary<string, JsonNode?>? Environments { get; init; }
}

public sealed record VariableResource : VariableBody
{
    public required string Id { get; init; }

    /// <summary>For a secret one: which values are set.</summary>
    public IReadOnlyList<string>? SecretSet { get; init; }

    /// <summary>What is allowed and yet unwise, in answers to a save; absent when there is nothing.</summary>
    public IReadOnlyList<WarningResource>? Warnings { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>In versions: who saved it.</summary>
    public string? SavedBy { get; init; }
}

public sealed record WarningResource(string Code, string Message, string Pointer);

public sealed record VariableVersionResource(string Id, int Version, string Name, string Type, DateTimeOffset UpdatedAt, string SavedBy);

/// <summary>What a caller wants a variable to be; of the right types and within bounds.</summary>
/// <param name="Value">Undefined: kept (secret ones).</param>
/// <param name="Environments">Null: kept (secret ones). A null in it is kept too.</param>
public sealed record VariableDraft(string Name, string Description, string ValueType, string? WorkflowId, bool IsSecret, Value Value, ObjectValue? Environments);

internal static class VariableRequests
{
    public const int MaxNameLength = 128;
    private const int MaxDescriptionLength = 1024;
    private const int MaxEnvironments = 32;
    private const int MaxEnvironmentLength = 64;

    private static readonly string[] Known = ["name", "description", "value", "type", "scope", "workflowId", "secret", "environments"];
    private static readonly string[] ReadOnly = ["id", "secretSet", "warnings", "version", "createdAt", "updatedAt", "createdBy", "savedBy"];

    /// <param name="isNew">False: read-only fields are those that GET showed, and are ignored.</param>
    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static VariableDraft Read(ObjectValue body, bool isNew, LimitsOptions limits)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(isNew ? Known : [.. Known, .. ReadOnly]);
        var name = Name(fields);
        var description = fields.Text("description", MaxDescriptionLength) ?? "";
        var type = fields.OneOf("type", VariableTypes.Words) ?? VariableTypes.Text;
        var scope = fields.OneOf("scope", Variable.Scopes) ?? (fields.Has("workflowId") ? Variable.WorkflowScope : Variable.TenantScope);
        var workflowId = fields.Text("workflowId", 64, minLength: 1);
        if (scope == Variable.WorkflowScope && !fields.Has("workflowId")) problems.Add("/workflowId", "'workflowId' is missing: with the scope 'workflow' it says for which one.");
        if (scope == Variable.TenantScope && fields.Has("workflowId")) problems.Add("/workflowId", "'workflowId' goes with the scope 'workflow' only.");
        var isSecret = fields.Boolean("secret") ?? false;
        CheckValue(problems, "/value", type, fields.Raw("value"), mayBeKept: isSecret && !isNew, limits);
        var environments = Environments(fields, type, isSecret, isNew, limits);
        problems.ThrowIfAny();
        var value = fields.Has("value") ? fields.Raw("value") : Value.Undefined;
        return new VariableDraft(name!, description, type, workflowId, isSecret, value, environments);
    }

    private static string? Name(BodyFields fields)
    {
        if (fields.Name("name", MaxNameLength) is not { } name) return null;
        if (IsName(name)) return name;
        fields.Problems.Add("/name", $"'{name}' cannot be written as $vars.{name}: a name begins with a letter or _, and has only letters, digits and _ (ASCII).");
        return null;
    }

    public static bool IsName(string name) =>
        name.Length is >= 1 and <= MaxNameLength && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static ObjectValue? Environments(BodyFields fields, string type, bool isSecret, bool isNew, LimitsOptions limits)
    {
        if (!fields.Has("environments")) return isSecret && !isNew ? null : new ObjectValue(0);
        if (fields.Object("environments") is not { } environments) return null;
        if (environments.Count > MaxEnvironments) fields.Problems.Add("/environments", $"'environments' has {environments.Count} entries; at most {MaxEnvironments} are allowed.");
        foreach (var (name, value) in environments)
        {
            var pointer = $"/environments/{BodyFields.Escape(name)}";
            if (name.Length is 0 or > MaxEnvironmentLength || name.Any(char.IsControl))
                fields.Problems.Add("/environments", $"The name of an environment has 1 to {MaxEnvironmentLength} characters and no control characters.");
            else CheckValue(fields.Problems, pointer, type, value, mayBeKept: isSecret && !isNew, limits);
        }

        return environments;
    }

    private static void CheckValue(Problems problems, string pointer, string type, Value value, bool mayBeKept, LimitsOptions limits)
    {
        if (value.IsNullOrUndefined)
        {
            if (!mayBeKept) problems.Add(pointer, $"The value is missing; {(type == VariableTypes.Json ? "any JSON but null" : $"a {type}")} is needed.");
        }
        else if (VariableTypes.Problem(type, value) is { } problem)
        {
            problems.Add(pointer, problem);
        }
        else if (JsonText.WriteBytes(value).Length is var bytes && bytes > limits.VariableValueBytes)
        {
            problems.Add(pointer, $"The value has {bytes} bytes as JSON; at most {limits.VariableValueBytes} are allowed (LinkFlow:Limits:VariableValueBytes).");
        }
    }
}
