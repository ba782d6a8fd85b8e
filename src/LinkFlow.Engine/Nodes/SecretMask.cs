using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using LinkFlow.Engine.Secrets;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Nodes;

/// <summary>
/// Hides the secrets that an attempt opened wherever they appear in what it gives away: plain, in base64 and
/// hexadecimal, and behind the escapes of JSON, URLs and HTML. Applied once, before a node's output becomes an event,
/// so that a live run and a recovered one see the same. What holds no secret comes back as the same instance.
/// </summary>
/// <remarks>Safe for use by several threads. It guards against accidents, not against a workflow that reverses or splits a secret on purpose.</remarks>
public sealed class SecretMask
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Hidden = "***";

    /// <summary>Shorter secrets are not masked: they would hide half of every text. Saving one draws a warning.</summary>
    public const int ShortestMasked = 6;

    private readonly Lock _lock = new();
    private ImmutableList<string> _secrets = [];
    private SecretSearch? _search;

    /// <summary>True when there is nothing to hide.</summary>
    public bool IsEmpty => Volatile.Read(ref _secrets).IsEmpty;

    /// <summary>Hides this value from now on.</summary>
    public void Add(string secret)
    {
        if (secret.Length < ShortestMasked || string.IsNullOrWhiteSpace(secret)) return;
        lock (_lock)
        {
            if (_secrets.Contains(secret, StringComparer.Ordinal)) return;
            _secrets = _secrets.Add(secret);
            _search = null;
        }
    }

    /// <summary>The text with every secret hidden; the same text when it holds none.</summary>
    public string Apply(string text) => Search() is { } search ? Text(search, text) : text;

    /// <summary>The value with every secret hidden in strings, numbers and property names; the same value when it holds none.</summary>
    public Value Apply(Value value) => Search() is { } search && TryMask(search, value, out var masked) ? masked : value;

    /// <summary>The item with every secret hidden in its data and in the names and types of its files; the same item when it holds none.</summary>
    public Item Apply(Item item)
    {
        if (Search() is not { } search) return item;
        if (TryMask(search, item.Json, out var json)) item = item with { Json = json.AsObject! };
        return item.Binary is { } files && files.Any(f => Holds(search, f.Key) || Holds(search, f.Value.MimeType) || Holds(search, f.Value.FileName))
            ? item with { Binary = Files(search, files) }
            : item;
    }

    /// <summary>The error with every secret hidden in its message and code; the same error when it holds none.</summary>
    public NodeError Apply(NodeError error)
    {
        if (Search() is not { } search) return error;
        var (message, code) = (Text(search, error.Message), Text(search, error.Code));
        return ReferenceEquals(message, error.Message) && ReferenceEquals(code, error.Code) ? error : error with { Message = message, Code = code };
    }

    /// <summary>The items with every secret hidden.</summary>
    public IReadOnlyList<Item> Apply(IReadOnlyList<Item> items) => IsEmpty ? items : [.. items.Select(Apply)];

    private SecretSearch? Search()
    {
        if (Volatile.Read(ref _search) is { } made) return made;
        lock (_lock) return _secrets.IsEmpty ? null : _search ??= new SecretSearch(_secrets, ShortestMasked);
    }

    private static bool Holds(SecretSearch search, string? text) => text is not null && search.Find(text) is not null;

    private static string Text(SecretSearch search, string text)
    {
        if (search.Find(text) is not { } found) return text;
        var masked = new StringBuilder(text.Length);
        var at = 0;
        foreach (var (from, to) in found)
        {
            masked.Append(text, at, from - at).Append(Hidden);
            at = to;
        }

        return masked.Append(text, at, text.Length - at).ToString();
    }

    /// <returns>False: it holds no secret, and <paramref name="masked"/> means nothing.</returns>
    private static bool TryMask(SecretSearch search, Value value, out Value masked)
    {
        masked = Hidden;
        if (value.AsString is { } text)
        {
            var shown = Text(search, text);
            masked = shown;
            return !ReferenceEquals(shown, text);
        }

        if (value.IsNumber) return search.IsSecret(value.AsNumber) || (value.NumberAsWritten is { } written && Holds(search, written));
        if (value.AsArray is null && value.AsObject is null) return false;
        // No data nests as deep; what does is hidden whole rather than looked through.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) return true;
        return value.AsArray is { } array ? TryMask(search, array, out masked) : TryMask(search, value.AsObject!, out masked);
    }

    private static bool TryMask(SecretSearch search, ArrayValue array, out Value masked)
    {
        ArrayValue? copy = null;
        for (var i = 0; i < array.Count; i++)
        {
            if (!TryMask(search, array[i], out var element)) element = array[i];
            else if (copy is null) copy = new ArrayValue(array.Take(i));
            copy?.Add(element);
        }

        masked = copy is null ? default : Value.From(copy);
        return copy is not null;
    }

    private static bool TryMask(SecretSearch search, ObjectValue o, out Value masked)
    {
        ObjectValue? copy = null;
        for (var i = 0; i < o.Count; i++)
        {
            var (name, shown) = (o.NameAt(i), Text(search, o.NameAt(i)));
            if (!TryMask(search, o.ValueAt(i), out var value)) value = o.ValueAt(i);
            else copy ??= First(o, i);
            if (!ReferenceEquals(shown, name))
            {
                copy ??= First(o, i);
                shown = Free(shown, copy, o);
            }

            copy?.Set(shown, value);
        }

        masked = copy is null ? default : Value.From(copy);
        return copy is not null;
    }

    private static ObjectValue First(ObjectValue o, int count)
    {
        var copy = new ObjectValue(o.Count);
        for (var i = 0; i < count; i++) copy.Set(o.NameAt(i), o.ValueAt(i));
        return copy;
    }

    /// <summary>Two names that held secrets may look the same now.</summary>
    private static string Free(string name, ObjectValue taken, ObjectValue original)
    {
        var free = name;
        for (var i = 2; taken.Contains(free) || original.Contains(free); i++) free = $"{name} {i}";
        return free;
    }

    private static Dictionary<string, BinaryReference> Files(SecretSearch search, IReadOnlyDictionary<string, BinaryReference> files)
    {
        var masked = new Dictionary<string, BinaryReference>(StringComparer.Ordinal);
        foreach (var (name, file) in files)
        {
            var (shown, free) = (Text(search, name), Text(search, name));
            for (var i = 2; masked.ContainsKey(free); i++) free = $"{shown} {i}";
            masked[free] = file with { MimeType = Text(search, file.MimeType), FileName = file.FileName is null ? null : Text(search, file.FileName) };
        }

        return masked;
    }
}
