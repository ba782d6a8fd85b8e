using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;

namespace LinkFlow.Platform.Files;

/// <summary>What is to be different about a file; null: as it is.</summary>
/// <param name="Keep">True: it no longer goes with its execution.</param>
public sealed record FileChange(string? Name, string? MimeType, bool Keep);

/// <summary>Reads the JSON bodies of <c>/files</c>.</summary>
public static class FileRequests
{
    /// <exception cref="ApiException">400 with everything that is wrong.</exception>
    public static FileChange Read(ObjectValue body)
    {
        var problems = new Problems();
        var fields = new BodyFields(body, problems);
        fields.RejectUnknown(["name", "mimeType", "kept", "id", "size", "sha256", "version", "executionId", "createdAt", "updatedAt", "createdBy"]);
        var name = fields.Text("name", FileNames.MaxLength, minLength: 1);
        if (name is not null && FileNames.ProblemOf(name) is { } wrong) problems.Add("/name", wrong);
        var given = fields.Text("mimeType", FileNames.MaxTypeLength, minLength: 1);
        var type = given is null ? null : FileNames.TypeOf(given);
        if (given is not null && type is null) problems.Add("/mimeType", $"'{given}' is no media type; one like image/png is expected.");
        if (fields.Boolean("kept") == false) problems.Add("/kept", "A file can be kept, and not be given back to its execution: delete it when it is not needed.");
        problems.ThrowIfAny();
        return new FileChange(name, type, fields.Boolean("kept") ?? false);
    }
}
