using System.Text;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

/// <summary>Whatever is written, an expression ends soon, in a value or in an ExpressionException.</summary>
public sealed class RobustnessTests
{
    private const string Json = """{"a":1,"list":[3,1,2],"name":"Ann","o":{"x":{"y":null}},"big":12345678901234567890}""";

    [Theory]
    [InlineData("'a'.repeat(1e9)", "bytes")]
    [InlineData("'a'.repeat(2 ** 31)", "bytes")]
    [InlineData("'a'.padStart(1e9)", "bytes")]
    [InlineData("'a'.padEnd(1e300)", "bytes")]
    [InlineData("new Array(4e9)", "bytes")]
    [InlineData("Array(1e9).fill(0)", "bytes")]
    [InlineData("Array.from({length: 1e12})", "bytes")]
    [InlineData("(() => { const a = []; a.length = 4e9; })()", "bytes")]
    [InlineData("(() => { const a = []; a[2000000000] = 1; })()", "bytes")]
    [InlineData("(() => { let s = 'x'; for (;;) s += s; })()", "bytes")]
    [InlineData("(() => { const a = [1]; for (;;) a.push(...a); })()", "bytes")]
    [InlineData("(() => { const a = [1]; for (const x of a) a.push(x); })()", "")]
    [InlineData("(() => { let a = ['x']; for (;;) a = a.concat(a); })()", "bytes")]
    [InlineData("(() => { let a = [1]; for (let i = 0; i < 100; i++) a = [a, a]; return JSON.stringify(a); })()", "")]
    [InlineData("(() => { let a = [1]; for (let i = 0; i < 100; i++) a = [a, a]; return a; })()", "")]
    [InlineData("(() => { let a = [1]; for (let i = 0; i < 100; i++) a = [a, a]; return '' + a; })()", "")]
    [InlineData("'x'.repeat(1e6).replaceAll('', 'y'.repeat(1e5))", "bytes")]
    [InlineData("'x'.repeat(3e6).replace(/x/g, '$&$&$&$&$&')", "")]
    [InlineData("Array(6e5).fill('x'.repeat(1e5))", "bytes")]
    [InlineData("Array(6e5).fill('x'.repeat(1e5)).join('')", "")]
    [InlineData("'ab'.repeat(1e6).split('')", "bytes")]
    [InlineData("(() => { const m = new Map(); for (let i = 0;; i++) m.set(i, i); })()", "")]
    [InlineData("(() => { const o = {}; for (let i = 0;; i++) o['k' + i] = i; })()", "")]
    [InlineData("(() => { while (true) { } })()", "steps")]
    [InlineData("(() => { for (;;) ; })()", "")]
    [InlineData("(() => { do { continue } while (1) })()", "")]
    [InlineData("(() => { for (;;) try { null.x } catch { } })()", "steps")]
    [InlineData("(() => { const f = () => f(); f(); })()", "deep")]
    [InlineData("(function f() { return [1].map(f); })()", "deep")]
    [InlineData("(function f() { return 'a'.replace('a', f); })()", "deep")]
    [InlineData("(function f() { return [2, 1].sort(f); })()", "deep")]
    [InlineData("(function f() { return JSON.stringify({ toJSON: f }); })()", "deep")]
    [InlineData("(() => { const f = () => { try { f(); } catch { f(); } }; f(); })()", "deep")]
    [InlineData("Array(6e5).fill(1).map(x => Array(100).fill(x).map(y => y))", "")]
    [InlineData("Array(5e5).fill(1).sort(() => Math.random() - 0.5)", "steps")]
    public void A_greedy_expression_ends_in_an_error_that_names_the_limit(string expression, string limit)
    {
        var error = Language.Error(expression);

        Assert.Equal(ExpressionErrorCodes.Limit, error.Code);
        Assert.Contains(limit, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(() => { const a = []; a.push(a); return a; })()")]
    [InlineData("(() => { const o = {}; o.o = o; return o; })()")]
    [InlineData("(() => { const o = {}; o.o = o; return JSON.stringify(o); })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 1000; i++) a = [a]; return a; })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 1000; i++) a = {a}; return JSON.stringify(a); })()")]
    public void A_result_that_contains_itself_or_is_too_deep_is_an_error(string expression) =>
        Assert.Contains("200 levels", Language.Error(expression).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/^(a+)+$/.test('a'.repeat(40) + '!')")]
    [InlineData("/^(a|aa)+$/.test('a'.repeat(60) + '!')")]
    public void A_catastrophic_regular_expression_is_linear_where_it_can_be(string expression) => Assert.Equal("false", Language.Evaluate(expression));

    [Theory]
    [InlineData("/^(?=(a+)+$)b/.test('a'.repeat(60) + '!')")]
    [InlineData("/^(a+)+\\1$/.test('a'.repeat(60) + '!')")]
    public void A_catastrophic_regular_expression_is_stopped_where_it_cannot_be(string expression)
    {
        var scope = Language.Scope() with { Limits = ExpressionLimits.Default with { MaxTime = TimeSpan.FromHours(1) } };

        var error = Assert.Throws<ExpressionException>(() => Template.Compile("{{ " + expression + " }}").Evaluate(scope));

        Assert.Equal(ExpressionErrorCodes.Limit, error.Code);
        Assert.Contains("took more than 100 ms", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    [InlineData("-", "")]
    [InlineData("!", "")]
    [InlineData("x=>", "")]
    [InlineData("a?", ":1")]
    [InlineData("`${", "}`")]
    [InlineData("1**", "")]
    [InlineData("new ", "")]
    [InlineData("f(", ")")]
    [InlineData("typeof ", "")]
    [InlineData("()=>{if(1)", "}")]
    [InlineData("([", "]=[])=>1")]
    [InlineData("++", "")]
    public void Deep_nesting_is_refused_and_does_not_exhaust_the_stack(string open, string close)
    {
        var text = new StringBuilder("{{").Insert(2, open, 20_000).Append('1').Insert(2 + open.Length * 20_000 + 1, close, 20_000).Append("}}").ToString();

        Assert.Throws<ExpressionException>(() => Template.Compile(text));
    }

    [Theory]
    [InlineData("a", ".a")]
    [InlineData("a", "[0]")]
    [InlineData("a", "?.a")]
    [InlineData("a", "()")]
    public void A_chain_of_members_that_is_too_long_is_refused(string start, string link) =>
        Assert.Equal(ExpressionErrorCodes.Limit, Language.Error(start + string.Concat(Enumerable.Repeat(link, 10_000))).Code);

    [Fact]
    public void A_long_sum_is_not_deep() =>
        Assert.Equal("20001", Language.Evaluate("1" + string.Concat(Enumerable.Repeat("+1", 20_000))));

    [Fact]
    public void A_long_alternative_is_not_deep() =>
        Assert.Equal("1", Language.Evaluate(string.Concat(Enumerable.Repeat("0||", 20_000)) + "1"));

    [Fact]
    public void The_limits_are_those_of_the_scope()
    {
        var scope = Language.Scope() with { Limits = new ExpressionLimits { MaxSteps = 3000, MaxDepth = 5, MaxBytes = 100, MaxTime = TimeSpan.FromDays(1) } };
        string Message(string text) => Assert.Throws<ExpressionException>(() => Template.Compile(text).Evaluate(scope)).Message;

        Assert.Contains("3,000 steps", Message("{{ (() => { for (;;) ; })() }}"), StringComparison.Ordinal);
        Assert.Contains("more than 5 deep", Message("{{ (function f() { f(); })() }}"), StringComparison.Ordinal);
        Assert.Contains("100 bytes", Message("{{ 'a'.repeat(101) }}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_is_limited()
    {
        var scope = Language.Scope() with { Limits = new ExpressionLimits { MaxSteps = long.MaxValue, MaxTime = TimeSpan.FromMilliseconds(20) } };

        var error = Assert.Throws<ExpressionException>(() => Template.Compile("{{ (() => { for (;;) ; })() }}").Evaluate(scope));

        Assert.Contains("20 ms", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_cannot_be_caught() =>
        Assert.Equal(ExpressionErrorCodes.Limit, Language.Error("(() => { try { 'a'.repeat(1e9); } catch { return 1; } finally { } })()").Code);

    /// <summary>Pieces of the language in random order, valid now and then.</summary>
    [Fact]
    public void One_hundred_thousand_broken_expressions_end_in_a_value_or_an_error()
    {
        string[] pieces =
        [
            "$json", ".a", ".list", "[0]", "?.", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "%", "**", "=", "==", "===", "=>", "x", "y", "1", "0x", "1e", "'s'", "\"", "`", "${", "}",
            "/a/g", "/(/", ",", ";", ":", "?", "??", "||", "&&", "!", "~", "typeof ", "new ", "Date", "Set", "Map", "Math.max", ".map", ".length", ".toString()", "...", "const ", "let ", "return ", "if", "for",
            " of ", " in ", "while", "try{", "}catch(e){", "function", "null", "undefined", "NaN", "$('n')", "$now", ".plus", ".first()", "JSON.stringify", "Object.keys", "\\", "\n", "#", "@", "é", "😀", "\0", "1n", "++", "--",
            "+=", "<<", ">>>", "&", "|", "^", "x=>x", "()=>", "(x)=>{", "switch", "case ", "break;", "throw ", "delete ", "void ", "instanceof ", "String.raw", ".replace", ".split", "$input.all()", "$node", "\\u{", "//", "/*", "*/",
        ];
        Fuzz(seed: 4711, count: 60_000, random =>
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 14); i > 0; i--) text.Append(pieces[random.Next(pieces.Length)]);
            return text.ToString();
        });
    }

    /// <summary>The expressions of the conformance table with characters and stretches removed, doubled, swapped and cut.</summary>
    [Fact]
    public void Mutations_of_good_expressions_end_in_a_value_or_an_error()
    {
        var good = Conformance.ConformanceTests.Rows().Select(r => (string)((object[])r)[0]).ToArray();
        Fuzz(seed: 42, count: 50_000, random =>
        {
            var text = good[random.Next(good.Length)];
            for (var i = random.Next(1, 4); i > 0 && text.Length > 1; i--)
            {
                var at = random.Next(text.Length);
                var length = Math.Min(random.Next(1, 6), text.Length - at);
                text = random.Next(4) switch
                {
                    0 => text.Remove(at, length),
                    1 => text.Insert(at, text.Substring(at, length)),
                    2 => text.Insert(at, good[random.Next(good.Length)]),
                    _ => text[..at] + (char)random.Next(32, 127) + text[(at + 1)..],
                };
            }

            return text;
        });
    }

    private static void Fuzz(int seed, int count, Func<Random, string> next)
    {
        var random = new Random(seed);
        var scope = Language.Scope(Json) with { Limits = new ExpressionLimits { MaxSteps = 20_000, MaxBytes = 200_000, MaxTime = TimeSpan.FromHours(1) }, FindNode = n => new NodeView(n, [], [[]]) };
        var values = 0;
        for (var i = 0; i < count; i++)
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

        Assert.InRange(values, count / 500, count);
    }
}
