namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>How modes are stored: a small number for the known ones, else the text. The order is fixed for ever.</summary>
internal static class ExecutionModes
{
    private static readonly string[] Known = ["manual", "api", "webhook", "schedule", "event", "retry", "subworkflow", "error"];

    public static SqliteStatement BindMode(this SqliteStatement statement, int index, string mode)
    {
        var number = Array.IndexOf(Known, mode);
        return number < 0 ? statement.Bind(index, mode) : statement.Bind(index, number);
    }

    public static string GetMode(this SqliteStatement statement, int column)
    {
        var text = statement.GetText(column);
        return text.Length == 1 && text[0] is >= '0' and <= '7' ? Known[text[0] - '0'] : text;
    }
}
