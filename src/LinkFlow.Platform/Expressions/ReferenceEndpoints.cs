using System.Buffers.Binary;
using System.Security.Cryptography;
using LinkFlow.Engine.Expressions.Reference;
using LinkFlow.Engine.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Expressions;

/// <summary><c>/expressions/reference</c>: everything that expressions know, for editors. It changes only with the program.</summary>
public static class ReferenceEndpoints
{
    private static readonly Lazy<string> ETag = new(() =>
    {
        var digest = SHA256.HashData(JsonText.WriteBytes(new ArrayValue(LanguageReference.Sections.Select(s => Value.From(Show(s, s.Entries))))));
        return ETags.Of(BinaryPrimitives.ReadInt64BigEndian(digest) & long.MaxValue);
    });

    public static void Map(ApiRoutes routes) =>
        routes.Get("/expressions/reference", GetAsync).Needs(Permissions.NodeRead).Says("List what expressions know: variables, functions, and the methods of values")
            .Query("type", "Only the section of this name: a kind of value such as string, a namespace such as Math, variables or functions.")
            .Query("q", "Only entries with this text in name, signature or description.")
            .Answers<ReferenceResource>(200, "The sections, those without matching entries left out.");

    private static Task<Answer> GetAsync(ApiRequest request)
    {
        var type = request.Query.Text("type");
        var text = request.Query.Text("q");
        if (type is not null && LanguageReference.Sections.All(s => s.Name != type))
            throw ApiException.Validation("type", $"There is no section '{(type.Length <= 64 ? type : type[..64])}'.{DidYouMean.Suggestion(type, LanguageReference.Sections.Select(s => s.Name))}");
        var found = LanguageReference.Sections
            .Where(s => type is null || s.Name == type)
            .Select(s => (Section: s, Entries: s.Entries.Where(e => text is null || Matches(e, text)).ToList()))
            .Where(s => s.Entries.Count > 0)
            .Select(s => Value.From(Show(s.Section, s.Entries)));
        return Task.FromResult(Answer.Ok(new ObjectValue { { "sections", new ArrayValue(found) } }, ETag.Value));
    }

    private static bool Matches(ReferenceEntry entry, string text) =>
        entry.Signature.Contains(text, StringComparison.OrdinalIgnoreCase) || entry.Description.Contains(text, StringComparison.OrdinalIgnoreCase);

    private static ObjectValue Show(ReferenceSection section, IEnumerable<ReferenceEntry> entries) => new()
    {
        { "name", section.Name },
        { "kind", section.Kind },
        { "description", section.Description },
        { "entries", new ArrayValue(entries.Select(e => Value.From(Show(e)))) },
    };

    private static ObjectValue Show(ReferenceEntry entry) => new(8)
    {
        { "name", entry.Name },
        { "kind", entry.Kind },
        { "signature", entry.Signature },
        { "description", entry.Description },
        { "example", entry.Example },
        { "result", entry.Result },
        { "resultType", entry.ResultType },
    };
}
