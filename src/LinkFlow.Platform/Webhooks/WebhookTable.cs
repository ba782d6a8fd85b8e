namespace LinkFlow.Platform.Webhooks;

/// <summary>
/// Finds the registration behind a path: literal segments win over captures, the leftmost difference decides.
/// Immutable; built anew when registrations change.
/// </summary>
public sealed class WebhookTable
{
    private readonly Dictionary<string, Leaf> _literal = new(StringComparer.Ordinal);
    private readonly Segment _root = new();

    public WebhookTable(IEnumerable<WebhookRegistration> registrations)
        : this(registrations.Select(r => new WebhookRoute(r)))
    {
    }

    internal WebhookTable(IEnumerable<WebhookRoute> routes)
    {
        foreach (var route in routes)
        {
            var registration = route.Registration;
            var hasCaptures = registration.Path.Contains(':', StringComparison.Ordinal);
            if (!hasCaptures)
            {
                if (!_literal.TryGetValue(registration.Path, out var leaf)) _literal[registration.Path] = leaf = new Leaf();
                leaf.Add(route);
            }

            var node = _root;
            foreach (var segment in registration.Path.Split('/')) node = node.Into(segment);
            (node.Leaf ??= new Leaf()).Add(route);
        }
    }

    /// <summary>What is registered for a path; null: nothing is, with any method.</summary>
    /// <param name="path">Without slashes at its ends, decoded.</param>
    public Match? Find(string path, string method)
    {
        // A path without captures is found at once; only where it lacks the method may a capturing one have it.
        if (_literal.TryGetValue(path, out var leaf) && leaf.Find(method) is { } found) return new Match(found, leaf.Allow, []);
        var segments = path.Split('/');
        var allow = new SortedSet<string>(StringComparer.Ordinal);
        if (Find(_root, segments, 0, method, allow) is { } match) return match;
        return allow.Count == 0 ? null : new Match(null, string.Join(", ", allow), []);
    }

    private static Match? Find(Segment node, string[] segments, int at, string method, SortedSet<string> allow)
    {
        if (at == segments.Length)
        {
            if (node.Leaf is not { } leaf) return null;
            if (leaf.Find(method) is { } found) return new Match(found, leaf.Allow, Parameters(found.Registration, segments));
            allow.UnionWith(leaf.Methods);
            return null;
        }

        if (segments[at].Length == 0) return null;
        if (node.Literals.TryGetValue(segments[at], out var literal) && Find(literal, segments, at + 1, method, allow) is { } match) return match;
        return node.Capture is { } capture ? Find(capture, segments, at + 1, method, allow) : null;
    }

    private static KeyValuePair<string, string>[] Parameters(WebhookRegistration registration, string[] segments) =>
        [.. registration.Path.Split('/').Select((s, i) => (s, i)).Where(x => x.s.StartsWith(':')).Select(x => KeyValuePair.Create(x.s[1..], segments[x.i]))];

    /// <param name="Route">Null: the path is known, but not with this method.</param>
    /// <param name="Allow">The methods that the path takes, as the header has them.</param>
    public sealed record Match(WebhookRoute? Route, string Allow, IReadOnlyList<KeyValuePair<string, string>> Parameters);

    private sealed class Segment
    {
        public Dictionary<string, Segment> Literals { get; } = new(StringComparer.Ordinal);
        public Segment? Capture { get; private set; }
        public Leaf? Leaf { get; set; }

        public Segment Into(string segment)
        {
            if (segment.StartsWith(':')) return Capture ??= new Segment();
            if (!Literals.TryGetValue(segment, out var next)) Literals[segment] = next = new Segment();
            return next;
        }
    }

    private sealed class Leaf
    {
        private readonly Dictionary<string, WebhookRoute> _byMethod = new(StringComparer.Ordinal);

        public string Allow { get; private set; } = "";
        public IEnumerable<string> Methods => _byMethod.Keys;

        public void Add(WebhookRoute route)
        {
            _byMethod[route.Registration.Method] = route;
            Allow = string.Join(", ", _byMethod.Keys.Order(StringComparer.Ordinal));
        }

        public WebhookRoute? Find(string method) => _byMethod.GetValueOrDefault(method);
    }
}
