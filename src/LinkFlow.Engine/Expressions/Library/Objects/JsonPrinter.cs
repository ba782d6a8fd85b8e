using System.Globalization;
using System.Text;
using LinkFlow.Engine.Expressions.Evaluation;
using LinkFlow.Engine.Expressions.Language;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Expressions.Library.Objects;

/// <summary>JSON.stringify: JavaScript's property order, indentation, replacers. Numbers that were passed through keep their text.</summary>
internal sealed class JsonPrinter
{
    private readonly Run _run;
    private readonly string _indent;
    private readonly FunctionValue? _replacer;
    private readonly HashSet<string>? _only;
    private readonly StringBuilder _text = new();
    private int _depth;
    private int _counted;

    /// <summary>A long string may become six times as long.</summary>
    private const int CharactersBetweenCounts = 65_536;

    private JsonPrinter(Run run, Value replacer, string indent)
    {
        _run = run;
        _indent = indent;
        _replacer = replacer.AsOther as FunctionValue;
        if (replacer.AsArray is { } names) _only = names.Select(n => Coercion.ToString(run, n)).ToHashSet();
    }

    /// <summary>Compact JSON; undefined for what has no JSON form.</summary>
    public static Value Print(Run run, Value value) => Print(run, value, default, default);

    public static Value Print(Run run, Value value, Value replacer, Value space)
    {
        var indent = space.AsString is { } text ? text[..Math.Min(10, text.Length)] : new string(' ', (int)Math.Clamp(Coercion.ToInteger(run, space), 0, 10));
        var printer = new JsonPrinter(run, replacer, indent);
        return printer.Write("", value) ? Value.From(printer._text.ToString()) : default;
    }

    /// <returns>False when there is nothing to write.</returns>
    private bool Write(string name, Value value)
    {
        if (value.AsOther is LanguageObject other) value = other.ToJson(_run);
        else if (value.AsObject?["toJSON"].AsOther is FunctionValue own) value = own.Call(_run, [name]);
        if (_replacer is not null) value = _replacer.Call(_run, [name, value]);
        if (value.AsOther is LanguageObject replaced) value = replaced.ToJson(_run);
        switch (value.Kind)
        {
            case ValueKind.Undefined or ValueKind.Other: return false;
            case ValueKind.String: WriteString(value.AsString!); break;
            case ValueKind.Array: WriteArray(value.AsArray!); break;
            case ValueKind.Object: WriteObject(value); break;
            case ValueKind.Number: _text.Append(value.NumberAsWritten ?? (double.IsFinite(value.AsNumber) ? JavaScriptNumber.ToString(value.AsNumber) : "null")); break;
            default: _text.Append(Coercion.ToString(_run, value)); break;
        }

        _run.Step();
        Count();
        return true;
    }

    private void WriteArray(ArrayValue array)
    {
        Enter('[');
        for (var i = 0; i < array.Count; i++)
        {
            if (i > 0) _text.Append(',');
            Line();
            if (!Write(i.ToString(CultureInfo.InvariantCulture), array[i])) _text.Append("null");
        }

        Leave(']', array.Count > 0);
    }

    private void WriteObject(Value value)
    {
        Enter('{');
        var any = false;
        foreach (var name in Properties.Keys(value))
        {
            if (_only is not null && !_only.Contains(name)) continue;
            var before = _text.Length;
            if (any) _text.Append(',');
            Line();
            WriteString(name);
            _text.Append(_indent.Length > 0 ? ": " : ":");
            if (Write(name, value[name])) any = true;
            else
            {
                _text.Length = before;
                _counted = Math.Min(_counted, before);
            }
        }

        Leave('}', any);
    }

    private void Enter(char bracket)
    {
        if (++_depth > JsonText.MaxDepth) throw _run.TypeError($"This value contains itself, or is nested more than {JsonText.MaxDepth} levels deep, and cannot become JSON.");
        _text.Append(bracket);
    }

    private void Leave(char bracket, bool onNewLine)
    {
        _depth--;
        if (onNewLine) Line();
        _text.Append(bracket);
    }

    private void Line()
    {
        if (_indent.Length == 0) return;
        _text.Append('\n');
        for (var i = 0; i < _depth; i++) _text.Append(_indent);
    }

    private void Count()
    {
        if (_text.Length <= _counted) return;
        _run.Make(_text.Length - _counted);
        _counted = _text.Length;
    }

    private void WriteString(string value)
    {
        _text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            if (i % CharactersBetweenCounts == CharactersBetweenCounts - 1) Count();
            var c = value[i];
            switch (c)
            {
                case '"': _text.Append("\\\""); break;
                case '\\': _text.Append("\\\\"); break;
                case '\n': _text.Append("\\n"); break;
                case '\r': _text.Append("\\r"); break;
                case '\t': _text.Append("\\t"); break;
                case '\b': _text.Append("\\b"); break;
                case '\f': _text.Append("\\f"); break;
                case < ' ':
                    _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                case >= '\uD800' and <= '\uDFFF':
                    if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1])) _text.Append(c).Append(value[++i]);
                    else _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default: _text.Append(c); break;
            }
        }

        _text.Append('"');
    }
}
