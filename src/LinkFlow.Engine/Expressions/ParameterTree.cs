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
        if (written.AsString is { } text && text.Contains("{{", StringComparison.Ordinal)) _template = CompileTemplate(text, pointer);
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

    private static Template CompileTemplate(string text, string pointer)
    {
        try
        {
            return Template.Compile(text);
        }
        catch (ExpressionException e)
        {
            throw e.At(pointer);
        }
    }

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

    /// <summary>The value for a scope.</summary>
    /// <exception cref="ExpressionException">An expression failed, or came out undefined without the scope being lenient; the message names the parameter.</exception>
    public Value Evaluate(ExpressionScope scope) => Evaluate(scope, allowUndefined: false);

    /// <summary>The value for a scope.</summary>
    /// <param name="allowUndefined">True: an expression may come out undefined (an interpolated one then prints nothing), as in a condition's left and right.</param>
    /// <exception cref="ExpressionException">An expression failed; the message names the parameter.</exception>
    public Value Evaluate(ExpressionScope scope, bool allowUndefined)
    {
        if (IsConstant) return _constant;
        if (_template is not null) return EvaluateTemplate(scope, allowUndefined);
        if (_elements is not null) return new ArrayValue(_elements.Select(e => e.Evaluate(scope, allowUndefined)));
        var result = new ObjectValue(_object!.Count);
        foreach (var (name, property) in Properties) result.Set(name, property.Evaluate(scope, allowUndefined));
        return result;
    }

    private Value EvaluateTemplate(ExpressionScope scope, bool allowUndefined)
    {
        try
        {
            return _template!.Evaluate(scope, allowUndefined);
        }
        catch (ExpressionException e)
        {
            throw e.InParameter(Pointer, scope.NodeId);
        }
    }
}
