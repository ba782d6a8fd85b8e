namespace LinkFlow.Platform.Files;

/// <summary>A file as the API shows it.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of its content, in hexadecimal.</param>
/// <param name="Version">Of its content, from 1.</param>
/// <param name="Kept">False: it goes with the execution that made it.</param>
/// <param name="ExecutionId">The execution that made it; null: a user uploaded it.</param>
public sealed record FileResource(
    string Id, string Name, string MimeType, long Size, string Sha256, int Version, bool Kept, string? ExecutionId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? CreatedBy);

/// <summary>A version of a file as the API shows it.</summary>
public sealed record FileVersionResource(int Version, string Name, string MimeType, long Size, string Sha256, DateTimeOffset CreatedAt);

/// <summary>What may be changed of a file besides its content.</summary>
/// <param name="Kept">True: it no longer goes with its execution.</param>
public sealed record FileChangeBody(string? Name, string? MimeType, bool? Kept);
