namespace LinkFlow.Engine.Text;

/// <summary>Guesses which known name was meant by one that is not known.</summary>
public static class DidYouMean
{
    /// <summary>Longer names are not compared: the distance costs the product of both lengths.</summary>
    private const int MaxLength = 100;

    /// <summary>The known name with the fewest edits (insert, delete, replace, swap of neighbours; a letter's case counts half an edit, and so do all together when nothing else differs), the first of equals.</summary>
    /// <returns>Null when none is near: more than a third of the name's characters, and at least one, would have to change; of a single letter more than its case.</returns>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength) return null;
        string? nearest = null;
        // Of one letter only the case can be wrong: any other letter is as near as any.
        var least = name.Length == 1 ? 2 : Math.Max(1, name.Length / 3) * 2 + 1;
        foreach (var candidate in known)
        {
            if (candidate.Length > MaxLength || Math.Abs(candidate.Length - name.Length) * 2 >= least) continue;
            var distance = string.Equals(name, candidate, StringComparison.OrdinalIgnoreCase) ? SameButForCase(name, candidate) : HalfEdits(name, candidate);
            if (distance >= least) continue;
            least = distance;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>A sentence to append to an error, with a leading blank: <c> Did you mean 'merge'?</c>; empty when no known name is near.</summary>
    public static string Suggestion(string name, IEnumerable<string> known) =>
        Nearest(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    private static int SameButForCase(string a, string b) => string.Equals(a, b, StringComparison.Ordinal) ? 0 : 1;

    /// <summary>The optimal string alignment distance, counted in half edits.</summary>
    private static int HalfEdits(string a, string b)
    {
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) last[j] = 2 * j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = 2 * i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 2, last[j - 1] + Difference(a[i - 1], b[j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 2);
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }

    private static int Difference(char a, char b) => a == b ? 0 : char.ToUpperInvariant(a) == char.ToUpperInvariant(b) ? 1 : 2;
}
