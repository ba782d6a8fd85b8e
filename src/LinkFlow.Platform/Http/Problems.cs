using LinkFlow.Engine.Values;

namespace LinkFlow.Platform.Http;

/// <summary>Gathers what is wrong with a request, by JSON pointer, so that a caller learns of everything at once.</summary>
public sealed class Problems
{
    /// <summary>Messages kept; a body can hold millions of mistakes.</summary>
    public const int Limit = 100;

    private readonly ObjectValue _byPointer = new();
    private int _count;
    private string? _first;

    public bool Any => _count > 0;

    /// <summary>All that were found, also those beyond what is kept.</summary>
    public int Count => _count;

    /// <summary>What was kept, in order of pointers' first mention.</summary>
    public IEnumerable<(string Pointer, string Message)> Pairs => _byPointer.SelectMany(p => p.Value.AsArray!.Select(m => (p.Key, m.AsString!)));

    public void Add(string pointer, string message)
    {
        _count++;
        _first ??= pointer.Length > 0 && char.IsLower(message[0]) ? $"{pointer} {message}" : message;
        if (_count > Limit) return;
        var list = _byPointer[pointer].AsArray;
        if (list is null) _byPointer.Set(pointer, new ArrayValue([message]));
        else list.Add(message);
    }

    /// <exception cref="ApiException">There is at least one problem: 400 with all of them.</exception>
    public void ThrowIfAny()
    {
        if (Any) throw ToException();
    }

    public ApiException ToException()
    {
        var message = _count == 1 ? _first! : $"{_first} ({_count} problems in all; see details.)";
        return new ApiException(ApiError.Validation(message) with { Details = _byPointer });
    }
}
