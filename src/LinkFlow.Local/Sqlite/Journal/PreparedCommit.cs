using LinkFlow.Local.Sqlite.Documents;

namespace LinkFlow.Local.Sqlite.Journal;

/// <summary>A commit whose shape was checked and whose documents are written as JSON, before the writer's thread gets it.</summary>
internal sealed class PreparedCommit
{
    private PreparedCommit(JournalCommit commit, PreparedDocuments[] documents, PreparedCommit[] starts)
    {
        Commit = commit;
        Documents = documents;
        Starts = starts;
        Bytes = (commit.Row?.Body.Length ?? 0) + (commit.Segment?.Payload.Length ?? 0) + (commit.Snapshot?.Body.Length ?? 0)
            + documents.Sum(d => d.Bytes) + starts.Sum(s => s.Bytes) + commit.Messages.Sum(m => m.Body.Length)
            + (commit.Replacement?.Sum(s => s.Payload.Length) ?? 0);
    }

    public JournalCommit Commit { get; }
    public PreparedDocuments[] Documents { get; }
    public PreparedCommit[] Starts { get; }
    public int Bytes { get; }

    /// <exception cref="ArgumentException">Segments do not follow each other, or what is started is not new.</exception>
    public static PreparedCommit From(JournalCommit commit)
    {
        var next = commit.ExpectedLastSeq + 1;
        if (commit.Segment is { } segment && (segment.FirstSeq != next || segment.LastSeq < next))
            throw new ArgumentException($"Execution '{commit.ExecutionId}': the segment {segment.FirstSeq}–{segment.LastSeq} does not follow event {commit.ExpectedLastSeq}.", nameof(commit));
        if (commit.Replacement is { } replacement) CheckReplacement(commit, replacement);
        foreach (var start in commit.Starts)
        {
            if (start.ExpectedLastSeq != 0 || start.Row is null)
                throw new ArgumentException($"Execution '{start.ExecutionId}' is to be started: it needs a row and an expected seq of 0.", nameof(commit));
        }

        return new PreparedCommit(
            commit,
            commit.Documents.Count == 0 ? [] : [.. commit.Documents.Select(PreparedDocuments.From)],
            commit.Starts.Count == 0 ? [] : [.. commit.Starts.Select(From)]);
    }

    private static void CheckReplacement(JournalCommit commit, IReadOnlyList<SegmentWrite> replacement)
    {
        var next = 1L;
        foreach (var segment in replacement)
        {
            if (segment.FirstSeq != next || segment.LastSeq < next)
                throw new ArgumentException($"Execution '{commit.ExecutionId}': the replacing segment {segment.FirstSeq}–{segment.LastSeq} does not follow event {next - 1}.", nameof(commit));
            next = segment.LastSeq + 1;
        }

        if (replacement.Count > 0 && next != commit.ExpectedLastSeq + 1)
            throw new ArgumentException($"Execution '{commit.ExecutionId}': the replacing segments end with event {next - 1}, and {commit.ExpectedLastSeq} were recorded.", nameof(commit));
    }
}
