namespace LinkFlow.Platform.Settings;

/// <summary>The configuration cannot be used; the message names every setting at fault. Stops the start.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems)
    : Exception("The configuration is not valid. " + string.Join(" ", problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
