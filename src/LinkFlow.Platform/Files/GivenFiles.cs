using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Identity;

namespace LinkFlow.Platform.Files;

/// <summary>
/// Checks the files that a caller names, before anything uses them: they are in the caller's tenant, and the caller may read them.
/// What the caller says of a file does not count; what the store says does.
/// </summary>
public sealed class GivenFiles(FileService files)
{
    private const int MostFiles = 1000;

    /// <summary>The items with their files as the store has them.</summary>
    /// <param name="pointer">Where the items are in the request.</param>
    /// <exception cref="ApiException">400: a file is not there; 403: the caller may not read files.</exception>
    public async ValueTask<IReadOnlyList<Item>> AuthoriseAsync(Principal principal, IReadOnlyList<Item> items, string pointer, CancellationToken cancellationToken)
    {
        if (items.All(i => i.Binary is null)) return items;
        var (given, problems) = (new List<Item>(items.Count), new Problems());
        RequireFew(items.Sum(i => i.Binary?.Count ?? 0));
        for (var i = 0; i < items.Count; i++)
        {
            var binary = new Dictionary<string, BinaryReference>(StringComparer.Ordinal);
            foreach (var (name, file) in items[i].Binary ?? binary)
                if (await FindAsync(principal, file.FileId, $"{pointer}/{i}/binary/{BodyFields.Escape(name)}/fileId", problems, cancellationToken) is { } found) binary[name] = found.ToReference();
            given.Add(items[i] with { Binary = binary.Count > 0 ? binary : null });
        }

        problems.ThrowIfAny();
        return given;
    }

    /// <summary>The same for a workflow's <c>pinData</c>, which a run by hand takes for results.</summary>
    /// <exception cref="ApiException">400: a file is not there; 403: the caller may not read files.</exception>
    public async ValueTask AuthorisePinnedAsync(Principal principal, ObjectValue pinData, CancellationToken cancellationToken)
    {
        var problems = new Problems();
        var named = 0;
        foreach (var (node, pinned) in pinData)
            foreach (var item in pinned.AsArray ?? (IEnumerable<Value>)[pinned])
                foreach (var (name, file) in item["binary"].AsObject ?? new ObjectValue(0))
                {
                    RequireFew(++named);
                    if (file["fileId"].AsString is { } id) await FindAsync(principal, id, $"/pinData/{BodyFields.Escape(node)}/binary/{BodyFields.Escape(name)}/fileId", problems, cancellationToken);
                }

        problems.ThrowIfAny();
    }

    private async ValueTask<StoredFile?> FindAsync(Principal principal, string id, string pointer, Problems problems, CancellationToken cancellationToken)
    {
        if (!principal.May(Permissions.FileRead)) throw ApiException.Forbidden(Permissions.FileRead);
        var found = await files.FindAsync(principal.Tenant, id, cancellationToken);
        if (found is null) problems.Add(pointer, $"There is no file '{(id.Length <= 64 ? id : id[..64] + "…")}'. Upload it with POST /files, and name it by the id of the answer.");
        return found;
    }

    private static void RequireFew(int named)
    {
        if (named > MostFiles) throw ApiException.Validation($"More than {MostFiles} files are named; at most {MostFiles} are allowed at once.");
    }
}
