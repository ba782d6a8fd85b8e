namespace LinkFlow.Local.Sqlite;

/// <summary>
/// The text of a statement, made once and kept in a static field: sessions find its prepared form by
/// <see cref="Index"/>, without hashing the text.
/// </summary>
public sealed class Sql(string text)
{
    private static int _count;

    internal int Index { get; } = Interlocked.Increment(ref _count) - 1;
    public string Text { get; } = text;
}
