namespace LinkFlow.Scenarios.Faults;

/// <summary>A folder of its own, gone at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("linkflow-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
