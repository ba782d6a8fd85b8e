using System.Globalization;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Functions.Tests.Search;

/// <summary>
/// A small workflow drawn from a seed, of which the result does not depend on the order in which things happen: where branches run side by side
/// no node fails the execution, since which of the others still ran then would be chance.
/// </summary>
internal sealed class RandomWorkflow
{
    public const string ChildId = "child";
    public const string ChildNodes = """{"start":{"type":"subworkflow"},"inner":{"type":"call","onError":"continue"}}""";
    public const string ChildEdges = "start > inner";

    private readonly Random _random;
    private readonly bool _isLine;
    private readonly List<string> _ports = ["start"];
    private readonly StringBuilder _nodes = new("""{"start":{"type":"start"}""");
    private readonly StringBuilder _edges = new();
    private int _count;

    private RandomWorkflow(int seed)
    {
        _random = new Random(seed);
        _isLine = _random.Next(3) == 0;
        Parallel = _random.Next(3) == 0 ? 1 : 1 + _random.Next(6);
        Items = 1 + _random.Next(3);
    }

    public string Nodes => _nodes + "}";
    public string Edges => _edges.ToString();
    public int Parallel { get; }
    public int Items { get; }

    /// <summary>The signals that the workflow waits for.</summary>
    public List<ExecutionCommand> Commands { get; } = [];

    /// <summary>The input, as JSON.</summary>
    public string Input => $"[{string.Join(',', Enumerable.Range(0, Items).Select(i => $$"""{"trace":"i{{i}}"}"""))}]";

    public static RandomWorkflow Of(int seed)
    {
        var workflow = new RandomWorkflow(seed);
        var nodes = 1 + workflow._random.Next(7);
        for (var i = 0; i < nodes; i++) workflow.Add();
        return workflow;
    }

    public override string ToString() => $"{Nodes}\n{Edges}\nparallel {Parallel}, {Items} items";

    private void Add()
    {
        switch (_random.Next(12))
        {
            case < 5: Node("call", "", [""]); break;
            case 5: Node("set_variable", """{"fields":{"trace":"{{ String($json.trace) }}>set"}}""", [""]); break;
            case 6: Node("condition", """{"expression":"{{ String($json.trace).length % 2 == 0 }}"}""", [".true", ".false"]); break;
            case 7 when _ports.Count > 1: Merge(); break;
            case 8: Loop(); break;
            case 9: Node("wait", """{"for":"duration","seconds":0.02}""", [""]); break;
            case 10: Wait(); break;
            case 11: Node("execute_workflow", $$"""{"workflowId":"{{ChildId}}","each":"{{(_random.Next(2) == 0 ? "item" : "once")}}","maxParallel":2}""", [""]); break;
            default: Node("call", "", [""]); break;
        }
    }

    /// <summary>In a line each node hangs on the last; else on any output that there is.</summary>
    private string Port() => _isLine ? _ports[^1] : _ports[_random.Next(_ports.Count)];

    private string Name(string type) => string.Create(CultureInfo.InvariantCulture, $"{type[..1]}{_count++}");

    private string Node(string type, string parameters, string[] outputs, string? from = null)
    {
        var name = Name(type);
        var canFail = type == "call";
        var onError = canFail && (!_isLine || _random.Next(3) > 0) ? (_random.Next(2) == 0 ? "continue" : "errorOutput") : "stop";
        _nodes.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"type\":\"{type}\",\"onError\":\"{onError}\"");
        if (canFail && _random.Next(2) == 0) _nodes.Append(CultureInfo.InvariantCulture, $",\"retry\":{{\"maxAttempts\":{2 + _random.Next(2)},\"initialDelayMs\":1,\"jitter\":0}}");
        if (parameters.Length > 0) _nodes.Append(",\"parameters\":").Append(parameters);
        _nodes.Append('}');
        Connect(from ?? Port(), name);
        _ports.AddRange(outputs.Select(o => name + o));
        if (onError == "errorOutput" && !_isLine) _ports.Add(name + ".error");
        return name;
    }

    private void Connect(string from, string to) => _edges.Append(CultureInfo.InvariantCulture, $"{from} > {to};");

    private void Merge()
    {
        var name = Name("merge");
        _nodes.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"type\":\"merge\"}}");
        var first = _random.Next(_ports.Count);
        Connect(_ports[first], name + ".input1");
        Connect(_ports[(first + 1 + _random.Next(_ports.Count - 1)) % _ports.Count], name + ".input2");
        _ports.Add(name);
    }

    private void Loop()
    {
        var from = Port();
        var name = Name("loop");
        _nodes.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"type\":\"loop\",\"parameters\":{{\"batchSize\":{1 + _random.Next(2)}}}}}");
        Connect(from, name);
        var body = Name("call");
        _nodes.Append(CultureInfo.InvariantCulture, $",\"{body}\":{{\"type\":\"call\",\"onError\":\"continue\"}}");
        Connect(name + ".loop", body);
        Connect(body, name);
        _ports.Add(name + ".done");
    }

    private void Wait()
    {
        var name = $"go{Commands.Count}";
        Commands.Add(new SignalCommand(name, Item.Of(new ObjectValue { { "trace", name } }), $"signal-{name}"));
        Node("wait", $$"""{"for":"signal","name":"{{name}}"}""", [""]);
    }
}
