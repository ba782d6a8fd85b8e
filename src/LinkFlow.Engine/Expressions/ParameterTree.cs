using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions;

/// <summary>A node's parameters (or a part of them) with their expressions compiled; made once per workflow version.</summary>
public sealed class ParameterTree
{
    private readonly Value _constant;
    private readonly Template? _template;
    private readonly Dictionary<string, ParameterTree>? _properties;
    private readonly ObjectValue? _object;
    private readonly List<ParameterTree>? _elements;

    private ParameterTree(string pointer, Value written)
    {
        Pointer = pointer;
        Written = written;
        if (written.AsString is { } text && text.Contains("{{", StringComparison.Ordinal)) _template = Template.Compile(text);
        else if (written.AsObject is { } o)
        {
            _object = o;
            _properties = new Dictionary<string, ParameterTree>(StringComparer.Ordinal);
            foreach (var (name, value) in o)
                _properties[name] = new ParameterTree($"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", value);
            IsConstant = _properties.Values.All(p => p.IsConstant);
            _constant = written;
            return;
        }
        else if (written.AsArray is { } array)
        {
            _elements = array.Select((v, i) => new ParameterTree($"{pointer}/{i}", v)).ToList();
            IsConstant = _elements.All(p => p.IsConstant);
            _constant = written;
            return;
        }

        _constant = written;
        IsConstant = _template is null;
    }

    /// <summary>A JSON pointer relative to the node's parameters; empty for the whole.</summary>
    public string Pointer { get; }

    /// <summary>As the user wrote it.</summary>
    public Value Written { get; }

    /// <summary>True when nothing in it is an expression.</summary>
    public bool IsConstant { get; }
    public Template? Template => _template;

    /// <exception cref="ExpressionException">An expression in it is not of the language.</exception>
    public static ParameterTree Compile(ObjectValue parameters) => new("", parameters);

    /// <summary>A property, or null when this is no object or has none of that name.</summary>
    public ParameterTree? this[string name] => _properties?.GetValueOrDefault(name);
    public IReadOnlyList<ParameterTree> Elements => _elements ?? (IReadOnlyList<ParameterTree>)[];
    public IEnumerable<KeyValuePair<string, ParameterTree>> Properties => _object is null ? [] : _object.Select(p => KeyValuePair.Create(p.Key, _properties![p.Key]));

    /// <summary>All templates in it, depth first.</summary>
    public IEnumerable<ParameterTree> Templates() =>
        _template is not null ? [this]
        : _elements is not null ? _elements.SelectMany(e => e.Templates())
        : _properties is not null ? Properties.SelectMany(p => p.Value.Templates())
        : [];

    /// <summary>The value for a scope: undefined where an expression comes out undefined.</summary>
    /// <exception cref="ExpressionException">An expression failed.</exception>
    public Value Evaluate(ExpressionScope scope)
    {
        if (IsConstant) return _constant;
        if (_template is not null) return _template.Evaluate(scope);
        if (_elements is not null) return new ArrayValue(_elements.Select(e => e.Evaluate(scope)));
        var result = new ObjectValue(_object!.Count);
        foreach (var (name, property) in Properties) result.Set(name, property.Evaluate(scope));
        return result;
    }
}
