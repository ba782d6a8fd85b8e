using System.Diagnostics;
using System.Globalization;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Benchmarks;

/// <summary>
/// What an evaluation costs: expressions over items that were parsed one by one, against C# written by hand over the
/// same items and against Node.js. Processor time of the process that does it, medians of interleaved rounds.
/// </summary>
internal static class ExpressionsBenchmark
{
    private const int Rounds = 7;
    private const int RoundMilliseconds = 200;
    private const int Items = 10_000;

    /// <summary>Keeps the compiler from leaving out what is measured.</summary>
    private static Value _sink;

    /// <param name="PerEvaluation">What is counted: evaluations, or callbacks within one.</param>
    /// <param name="ByHand">The same in C#, over one item.</param>
    private sealed record Case(string Name, string Expression, int PerEvaluation, Func<Item, Value> ByHand, IReadOnlyList<Item> Data, string Text = "");

    public static void Run(IReadOnlyList<string> arguments)
    {
        var only = arguments.Count > 0 ? arguments[0] : "";
        var folder = Directory.CreateTempSubdirectory("linkflow-benchmark");
        using var node = ExpressionNode.TryStart();
        if (node is null) Console.WriteLine("  Node.js is not there ('node' cannot be started): its column is left out.");
        try
        {
            var cases = Cases(folder.FullName).Where(c => c.Case.Name.Contains(only, StringComparison.Ordinal)).ToArray();
            foreach (var (one, file) in cases) node?.Prepare(one.Name, one.Text.Length > 0 ? one.Text : one.Expression, file);
            foreach (var (one, _) in cases) Compare(one, node);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<(Case Case, string File)> Cases(string folder)
    {
        var (items, file) = Write(folder, "items", Items, i => $$"""{"id":{{i}},"name":"Customer {{i}}","active":{{(i % 2 == 0 ? "true" : "false")}},"price":{{i % 100}}.5,"customer":{"number":{{i}},"address":{"street":"Main Street {{i}}","city":"City {{i % 50}}" } },"tags":["a","b","c{{i}}"]}""");
        var people = string.Join(',', Enumerable.Range(0, Items).Select(i => $$"""{"name":"P{{i}}","age":{{i % 90}} }"""));
        var (lists, list) = Write(folder, "lists", 1, _ => $$"""{"items":[{{string.Join(',', Enumerable.Range(0, Items))}}],"people":[{{people}}]}""");
        yield return (new Case("one level", "$json.id", 1, i => i.Json["id"], items), file);
        yield return (new Case("three levels", "$json.customer.address.city", 1, i => i.Json["customer"]["address"]["city"], items), file);
        yield return (new Case("condition", "$json.price > 50 && $json.active === true", 1, i => i.Json["price"].AsNumber > 50 && i.Json["active"].AsBoolean, items), file);
        yield return (new Case("text of three parts", "{{ $json.name }} in {{ $json.customer.address.city }} owes {{ $json.price }}", 1, i => $"{i.Json["name"].AsString} in {i.Json["customer"]["address"]["city"].AsString} owes {i.Json["price"].AsNumber.ToString(CultureInfo.InvariantCulture)}", items, "`${$json.name} in ${$json.customer.address.city} owes ${$json.price}`"), file);
        yield return (new Case("filter, map, join", "$json.tags.filter(t => t.length > 1).map(t => t.toUpperCase()).join('-')", 1, i => string.Join('-', i.Json["tags"].AsArray!.Where(t => t.AsString!.Length > 1).Select(t => t.AsString!.ToUpperInvariant())), items), file);
        yield return (new Case("map of 10,000", "$json.items.map(x => x * 2)", Items, i => new ArrayValue(i.Json["items"].AsArray!.Select(x => Value.From(x.AsNumber * 2))), lists), list);
        yield return (new Case("filter of 10,000", "$json.people.filter(p => p.age > 30)", Items, i => new ArrayValue(i.Json["people"].AsArray!.Where(p => p["age"].AsNumber > 30)), lists), list);
        yield return (new Case("reduce of 10,000", "$json.items.reduce((a, b) => a + b, 0)", Items, i => i.Json["items"].AsArray!.Aggregate(0.0, (a, b) => a + b.AsNumber), lists), list);
    }

    private static (IReadOnlyList<Item> Items, string File) Write(string folder, string name, int count, Func<int, string> json)
    {
        var file = Path.Combine(folder, name);
        var lines = Enumerable.Range(0, count).Select(json).ToArray();
        File.WriteAllLines(file, lines);
        return (lines.Select(l => Item.Of(JsonText.Parse(l))).ToArray(), file);
    }

    private static void Compare(Case one, ExpressionNode? node)
    {
        var template = Template.Compile(one.Expression.Contains("{{", StringComparison.Ordinal) ? one.Expression : $"{{{{ {one.Expression} }}}}");
        var scope = new ExpressionScope { Items = one.Data, Limits = new ExpressionLimits { MaxTime = TimeSpan.FromMinutes(1) } };
        void Expression(int i)
        {
            scope.ItemIndex = i;
            _sink = template.Evaluate(scope);
        }

        void Hand(int i) => _sink = one.ByHand(one.Data[i]);

        List<double> ours = [], hand = [], nodes = [];
        Measure(one, Expression, 500);
        Measure(one, Hand, 200);
        node?.Measure(one.Name, 500);
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(Measure(one, Expression, RoundMilliseconds));
            hand.Add(Measure(one, Hand, RoundMilliseconds));
            if (node is not null) nodes.Add(node.Measure(one.Name, RoundMilliseconds));
        }

        var bytes = Bytes(one, Expression);
        string Rate(List<double> nanoseconds) => nanoseconds.Count == 0 ? "      –" : string.Create(CultureInfo.InvariantCulture, $"{1000 / Medians.Of(nanoseconds) * one.PerEvaluation,7:0.0}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {one.Name,-20} {Rate(ours)} M/s   by hand {Rate(hand)} M/s   Node.js {Rate(nodes)} M/s   {bytes / one.PerEvaluation,8:0.0} bytes each"));
    }

    /// <returns>Processor nanoseconds of one evaluation.</returns>
    private static double Measure(Case one, Action<int> evaluate, int milliseconds)
    {
        var evaluations = 0L;
        var clock = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        do
        {
            for (var i = 0; i < one.Data.Count; i++) evaluate(i);
            evaluations += one.Data.Count;
        }
        while (clock.ElapsedMilliseconds < milliseconds);
        return (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / evaluations;
    }

    /// <returns>Of managed memory, per evaluation.</returns>
    private static double Bytes(Case one, Action<int> evaluate)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < one.Data.Count; i++) evaluate(i);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / one.Data.Count;
    }
}
