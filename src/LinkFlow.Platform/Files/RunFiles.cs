using System.Text;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Files;

/// <summary>The files of one execution, as its nodes see them.</summary>
internal sealed class RunFiles(FileService files, string tenant, string executionId) : IRunFiles
{
    public const string Missing = "FILE_MISSING";
    public const string TooLarge = "FILE_TOO_LARGE";
    private const string NoName = "file";

    public async Task<BinaryReference> SaveAsync(string name, string mimeType, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            var limit = files.FileBytes;
            var bounded = new BoundedStream(content, limit, () => new NodeException(TooLarge, $"The file '{Fit(name)}' is larger than the {limit} bytes that one file may have."));
            var taken = await files.TakeAsync(tenant, Fit(name), FileNames.TypeOf(mimeType) ?? FileNames.AnyType, bounded, null, cancellationToken);
            await files.CreateForRunAsync(tenant, executionId, [taken], cancellationToken);
            return taken.ToReference();
        }
        catch (StoreUnavailableException e)
        {
            throw Unavailable(e);
        }
    }

    public async Task<OpenedFile> OpenAsync(string fileId, CancellationToken cancellationToken)
    {
        try
        {
            var file = await files.FindAsync(tenant, fileId, cancellationToken) ?? throw new NodeException(Missing, $"There is no file '{fileId}': it was deleted, by someone or with the execution that made it.");
            var content = await files.TryOpenAsync(tenant, file.Content, cancellationToken) ?? throw new NodeException(Missing, $"The bytes of the file '{fileId}' are not in the store any more.");
            return new OpenedFile(file.ToReference(), content);
        }
        catch (StoreUnavailableException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>What a stranger's server calls a file, without what names must not hold.</summary>
    private static string Fit(string given)
    {
        var name = FileNames.FromPart(given) ?? NoName;
        if (FileNames.ProblemOf(name) is null) return name;
        var fit = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            if (FileNames.ProblemOf($"a{rune}") is null && fit.Length + rune.Utf16SequenceLength <= FileNames.MaxLength) fit.Append(rune.ToString());
        name = fit.ToString().Trim();
        return FileNames.ProblemOf(name) is null ? name : NoName;
    }

    private static NodeException Unavailable(StoreUnavailableException e) =>
        new(new NodeError("STORE_UNAVAILABLE", $"Files cannot be stored or read now: {e.Message}", Transient: true, RetryAfterMs: (long)e.RetryAfter.TotalMilliseconds), e);
}
