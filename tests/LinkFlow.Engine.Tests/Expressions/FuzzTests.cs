using System.Text;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

/// <summary>
/// Random expressions, valid and broken, come to a value or to an ExpressionException, and to nothing else. A failure
/// names its seed. LINKFLOW_FUZZ sets how many there are.
/// </summary>
public sealed class FuzzTests
{
    private const string Json = """{"a":1,"list":[3,1,2],"name":"Ann","o":{"x":{"y":null}},"big":12345678901234567890}""";
    private const int PerSeed = 5_000;

    private static readonly int Total = int.TryParse(Environment.GetEnvironmentVariable("LINKFLOW_FUZZ"), out var total) ? total : 1_000_000;

    private static readonly string[] Pieces =
    [
        "$json", ".a", ".list", "[0]", "?.", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%", "**", "=", "==", "===", "=>", "x", "y", "1", "0x", "1e", "'s'", "\"", "`", "${", "}",
        "/a/g", "/(/", ",", ";", ":", "?", "??", "||", "&&", "!", "~", "typeof ", "new ", "Date", "Set", "Map", "Math.max", ".map", ".length", ".toString()", "...", "const ", "let ", "return ", "if", "for",
        " of ", " in ", "while", "try{", "}catch(e){", "function", "null", "undefined", "NaN", "$('n')", "$now", ".plus", ".first()", "JSON.stringify", "Object.keys", "\\", "\n", "#", "@", "é", "😀", "\0", "1n", "++", "--",
        "+=", "<<", ">>>", "&", "|", "^", "x=>x", "()=>", "(x)=>{", "switch", "case ", "break;", "throw ", "delete ", "void ", "instanceof ", "String.raw", ".replace", ".split", "$input.all()", "$node", "\\u{", "//", "/*", "*/",
        "l:", "var ", "continue l;", "break l;", "get ", "__proto__", ".constructor", ".prototype", "/x/v", "/x/d", "0_1", "1_0", "\ud800", "\u2028",
    ];

    private static readonly string[] Good = Conformance.ConformanceTests.Rows().Select(r => ((string)((object[])r)[0]).Replace('⏎', '\n')).ToArray();

    [Fact]
    public void Pieces_in_random_order_end_in_a_value_or_an_error() => Fuzz(firstSeed: 4711, Total / 3, random =>
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 14); i > 0; i--) text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    });

    /// <summary>The expressions of the conformance table with characters and stretches removed, doubled, swapped and cut.</summary>
    [Fact]
    public void Mutations_of_good_expressions_end_in_a_value_or_an_error() => Fuzz(firstSeed: 42, Total / 3, random =>
    {
        var text = Good[random.Next(Good.Length)];
        for (var i = random.Next(1, 4); i > 0 && text.Length > 1; i--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 6), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text.Insert(at, Good[random.Next(Good.Length)]),
                _ => text[..at] + (char)random.Next(32, 127) + text[(at + 1)..],
            };
        }

        return text;
    });

    [Fact]
    public void Expressions_grown_from_the_grammar_end_in_a_value_or_an_error() => Fuzz(firstSeed: 1, Total / 3, random => Grown(random, random.Next(1, 5)));

    private static string Grown(Random random, int depth)
    {
        string[] leaves = ["1", "-0", "0.1", "1e21", "NaN", "'a'", "'10'", "''", "true", "null", "undefined", "[]", "[3, 1, 2]", "({a: 1})", "x", "$json", "$json.list", "name", "$now", "/a/g", "new Set([1])", "new Date(0)", "x => x", "`t`"];
        if (depth == 0) return leaves[random.Next(leaves.Length)];
        string Inner() => Grown(random, depth - 1);
        string[] operators = ["+", "-", "*", "/", "%", "**", "<", ">=", "==", "===", "&", "|", "^", "<<", ">>>", "&&", "||", "??", "in", "instanceof"];
        string[] methods = ["map", "filter", "sort", "slice", "concat", "join", "replace", "split", "padEnd", "repeat", "toString", "toFixed", "at", "flat", "reduce", "includes", "first", "unique", "toISO", "plus", "test", "has", "keys", "valueOf", "constructor"];
        return random.Next(12) switch
        {
            0 or 1 => $"({Inner()}) {operators[random.Next(operators.Length)]} ({Inner()})",
            2 => $"{(string[])["!", "-", "+", "~", "typeof "] switch { var unary => unary[random.Next(unary.Length)] }}({Inner()})",
            3 => $"(({Inner()}) ? {Inner()} : {Inner()})",
            4 => $"`a${{{Inner()}}}b${{{Inner()}}}`",
            5 => $"[{Inner()}, ...[{Inner()}]]",
            6 => $"({{ a: {Inner()}, [{Inner()}]: {Inner()}, ...{Inner()} }})",
            7 => $"({Inner()})?.[{Inner()}]",
            8 or 9 => $"({Inner()}).{methods[random.Next(methods.Length)]}({Inner()})",
            10 => $"((x, {{ a, ...y }} = {{}}, ...[z = {Inner()}]) => {Inner()})({Inner()}, {Inner()})",
            _ => $"(() => {{ let x = {Inner()}; for (const y of [{Inner()}, 2]) {{ if ({Inner()}) continue; x += y; }} try {{ return {Inner()} }} catch (e) {{ return [e.message, x] }} }})()",
        };
    }

    private static void Fuzz(int firstSeed, int count, Func<Random, string> next)
    {
        var values = 0;
        Parallel.For(0, (count + PerSeed - 1) / PerSeed, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, part => Interlocked.Add(ref values, FuzzPart(firstSeed + part, next)));

        Assert.InRange(values, count / 500, int.MaxValue);
    }

    /// <returns>How many came to a value.</returns>
    private static int FuzzPart(int seed, Func<Random, string> next)
    {
        var random = new Random(seed);
        var scope = Language.Scope(Json) with { Limits = new ExpressionLimits { MaxSteps = 20_000, MaxBytes = 200_000, MaxTime = TimeSpan.FromHours(1) }, FindNode = n => new NodeView(n, [], [[]]) };
        var values = 0;
        for (var i = 0; i < PerSeed; i++)
        {
            var text = "{{ " + next(random) + " }}";
            try
            {
                JsonText.Write(Template.Compile(text).Evaluate(scope));
                values++;
            }
            catch (ExpressionException)
            {
                // The only way in which a broken expression may end, other than in a value.
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}, number {i}: {text}\n{e}");
            }
        }

        return values;
    }
}
