using System.Buffers;
using System.Globalization;

namespace LinkFlow.Engine.Secrets;

/// <summary>Finds secrets in texts, however they are encoded there. Made once for a set of secrets; safe for use by several threads.</summary>
internal sealed class SecretSearch
{
    /// <summary>How many layers of escapes are taken away: JSON in a URL in HTML.</summary>
    private const int MaxDepth = 3;

    /// <summary>Ways of reading one text; only texts that are nothing but escapes have more.</summary>
    private const int MaxViews = 24;

    /// <summary>What our own messages put in the place of what they leave out.</summary>
    private const char Ellipsis = '…';

    /// <summary>Messages are cut off once or twice; more is data, and is not looked at for ever.</summary>
    private const int MaxCuts = 16;
    private const int LongestCut = 256;

    /// <summary>A text without these, and without a run of base64, reads in one way only.</summary>
    private static readonly SearchValues<char> Readable = SearchValues.Create("\\%+&\r\n…");


    private readonly Forms _all;
    private readonly Forms _base64;
    private readonly IReadOnlyList<string> _secrets;
    private readonly HashSet<double> _numbers = [];
    private readonly int _shortest;
    private readonly bool _blanks;

    /// <param name="secrets">At least one.</param>
    /// <param name="shortest">In characters; no secret is shorter.</param>
    public SecretSearch(IReadOnlyList<string> secrets, int shortest)
    {
        _secrets = secrets;
        _shortest = shortest;
        _blanks = secrets.Any(s => s.Contains(' ', StringComparison.Ordinal));
        var forms = secrets.SelectMany(s => SecretForms.Of(s, shortest)).ToList();
        _all = new Forms(forms);
        _base64 = new Forms(forms.Where(f => f.IsBase64));
        foreach (var secret in secrets)
            if (double.TryParse(secret, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) _numbers.Add(Math.Abs(number));
    }

    /// <summary>True when the number is a secret one, whatever its sign and spelling.</summary>
    public bool IsSecret(double number) => _numbers.Count > 0 && _numbers.Contains(Math.Abs(number));

    /// <summary>Where secrets stand in a text.</summary>
    /// <returns>Null: nowhere. Else from and to (exclusive), sorted, none touching another.</returns>
    public List<(int From, int To)>? Find(string text)
    {
        if (text.Length < _shortest) return null;
        List<(int From, int To)>? found = null;
        _all.Find(text, null, ref found);
        if (text.AsSpan().ContainsAny(Readable) || HoldsRun(text))
        {
            FindCutOff(text, ref found);
            FindIn(TextView.Of(text), ref found);
        }

        return found is null ? null : Joined(found);
    }

    /// <summary>True when there may be an encoded text in it: words are shorter.</summary>
    private static bool HoldsRun(ReadOnlySpan<char> text)
    {
        while (text.Length >= EncodedRuns.ShortestRun)
        {
            var gap = text[..EncodedRuns.ShortestRun].LastIndexOfAnyExcept(EncodedRuns.Characters);
            if (gap < 0) return true;
            text = text[(gap + 1)..];
        }

        return false;
    }

    private void FindIn(TextView first, ref List<(int From, int To)>? found)
    {
        HashSet<string>? seen = null;
        Queue<TextView>? waiting = null;
        for (var view = first; view is not null; view = waiting is { Count: > 0 } ? waiting.Dequeue() : null)
        {
            if (view.Unwrap() is { } unwrapped) _base64.Find(unwrapped.Text, unwrapped, ref found);
            if (view.Depth == MaxDepth) continue;
            foreach (var read in view.Read(_blanks))
            {
                seen ??= new HashSet<string>(StringComparer.Ordinal) { first.Text };
                if (seen.Count >= MaxViews || !seen.Add(read.Text)) continue;
                _all.Find(read.Text, read, ref found);
                (waiting ??= new Queue<TextView>()).Enqueue(read);
            }
        }
    }

    /// <summary>The beginning of a secret where a message was cut off.</summary>
    private void FindCutOff(string text, ref List<(int From, int To)>? found)
    {
        var cuts = 0;
        for (var at = text.IndexOf(Ellipsis, StringComparison.Ordinal); at >= 0 && cuts++ < MaxCuts; at = text.IndexOf(Ellipsis, at + 1))
        {
            foreach (var secret in _secrets)
            {
                for (var length = Math.Min(Math.Min(secret.Length - 1, LongestCut), at); length >= _shortest; length--)
                {
                    if (!text.AsSpan(0, at).EndsWith(secret.AsSpan(0, length), StringComparison.Ordinal)) continue;
                    (found ??= []).Add((at - length, at));
                    break;
                }
            }
        }
    }

    private static List<(int From, int To)> Joined(List<(int From, int To)> found)
    {
        found.Sort();
        var joined = new List<(int From, int To)>(found.Count);
        foreach (var (from, to) in found)
        {
            if (joined.Count > 0 && from <= joined[^1].To) joined[^1] = (joined[^1].From, Math.Max(joined[^1].To, to));
            else joined.Add((from, to));
        }

        return joined;
    }

    /// <summary>Forms to be found together, in one pass over a text.</summary>
    private sealed class Forms
    {
        private readonly SearchValues<string> _search;
        private readonly Dictionary<char, SecretForm[]> _byFirst;

        public Forms(IEnumerable<SecretForm> forms)
        {
            var distinct = forms.DistinctBy(f => f.Text).ToList();
            _search = SearchValues.Create([.. distinct.Select(f => f.Text)], StringComparison.Ordinal);
            _byFirst = distinct.GroupBy(f => f.Text[0]).ToDictionary(g => g.Key, g => g.OrderByDescending(f => f.Text.Length).ToArray());
        }

        /// <param name="view">Tells where in the original the text stands; null: it is the original.</param>
        public void Find(ReadOnlySpan<char> text, TextView? view, ref List<(int From, int To)>? found)
        {
            for (var at = 0; at < text.Length; at++)
            {
                var next = text[at..].IndexOfAny(_search);
                if (next < 0) return;
                at += next;
                foreach (var form in _byFirst[text[at]])
                {
                    if (!text[at..].StartsWith(form.Text, StringComparison.Ordinal)) continue;
                    var (from, to) = Whole(text, at, form);
                    (found ??= []).Add(view is null ? (from, to) : (view.Start(from), view.End(to - 1)));
                    break;
                }
            }
        }

        /// <summary>With the base64 characters on either side that hold a part of the secret.</summary>
        private static (int From, int To) Whole(ReadOnlySpan<char> text, int at, SecretForm form)
        {
            var (from, to) = (at, at + form.Text.Length);
            if (form.SharesFirst && from > 0 && IsBase64(text[from - 1])) from--;
            if (form.SharesLast && to < text.Length && IsBase64(text[to])) to++;
            return (from, to);
        }

        private static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_';
    }
}
