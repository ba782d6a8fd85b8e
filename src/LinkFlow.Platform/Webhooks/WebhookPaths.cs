using LinkFlow.Engine.Definitions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Webhooks;

/// <summary>Which addresses a definition's webhook nodes ask for, and what is wrong with them.</summary>
public static class WebhookPaths
{
    public const string NodeType = "webhook";
    public const int MaxLength = 256;
    public const int MaxSegments = 32;

    public static IReadOnlyList<string> Methods { get; } = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    /// <summary>The addresses of all webhook nodes that are not disabled.</summary>
    /// <param name="report">Gets a JSON pointer into the workflow and what is wrong there.</param>
    public static IReadOnlyList<(string NodeId, string Path, string Method)> Of(WorkflowDefinition definition, Action<string, string> report)
    {
        var found = new List<(string NodeId, string Path, string Method)>();
        for (var i = 0; i < definition.Nodes.Count; i++)
        {
            var node = definition.Nodes[i];
            if (node.Type != NodeType || node.Disabled) continue;
            var at = $"/nodes/{i}/parameters";
            if (Normalise(node.Parameters["path"], out var path) is { } wrong)
            {
                report($"{at}/path", $"Node '{node.Id}': {wrong}");
                continue;
            }

            foreach (var method in MethodsOf(node.Parameters["method"], message => report($"{at}/method", $"Node '{node.Id}': {message}")))
            {
                var same = found.FindIndex(f => WebhookRegistration.IdOf(f.Path, f.Method) == WebhookRegistration.IdOf(path, method));
                if (same >= 0) report($"{at}/path", $"Node '{node.Id}' asks for {method} /webhooks/{path}, and so does node '{found[same].NodeId}'. Give one of them another path or method.");
                else found.Add((node.Id, path, method));
            }
        }

        return found;
    }

    /// <summary>The path without slashes at its ends.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private static string? Normalise(Value written, out string path)
    {
        path = "";
        if (written.AsString is not { } text) return "the parameter 'path' must be a string, e.g. \"orders/:id\".";
        if (Template.IsTemplate(text)) return "a webhook's path cannot be an expression: it is registered before anything runs.";
        path = text.Trim('/');
        if (path.Length is 0 or > MaxLength) return $"the path must have 1 to {MaxLength} characters.";
        var segments = path.Split('/');
        if (segments.Length > MaxSegments) return $"the path has {segments.Length} segments; at most {MaxSegments} are allowed.";
        if (segments[0].StartsWith('~')) return "the first segment of a path must not begin with '~': that names a tenant.";
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in segments)
        {
            var name = segment.StartsWith(':') ? segment[1..] : segment;
            if (name.Length == 0 || name is "." or ".." || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or '-'))
                return $"'{segment}' is no segment of a path: letters, digits and . _ ~ - are allowed, or ':' and a name to capture.";
            if (segment.StartsWith(':') && !names.Add(name)) return $"the path captures ':{name}' twice.";
        }

        return null;
    }

    private static IEnumerable<string> MethodsOf(Value written, Action<string> report)
    {
        if (written.IsNullOrUndefined) return ["POST"];
        IEnumerable<Value> list = written.AsArray is { } array ? array : [written];
        var methods = new List<string>();
        foreach (var entry in list)
        {
            var method = entry.AsString?.ToUpperInvariant();
            if (method is null || !Methods.Contains(method)) report($"the method {entry} is not one of {string.Join(", ", Methods)}.");
            else if (!methods.Contains(method)) methods.Add(method);
        }

        if (methods.Count == 0) report("at least one method is needed.");
        return methods;
    }
}
