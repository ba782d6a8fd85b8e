using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Files;

/// <summary>A file whose content is stored and that has no document yet: until it gets one it does not exist for anybody, and is swept away.</summary>
/// <param name="Id">Drawn already, so that items can name it.</param>
/// <param name="Field">The form's field that it came in; null: it came alone.</param>
public sealed record NewFile(string Id, string Name, string MimeType, FileContent Content, string? Field = null)
{
    /// <summary>As items carry it.</summary>
    public BinaryReference ToReference() => new(Id, MimeType, Name, Content.Size);
}
