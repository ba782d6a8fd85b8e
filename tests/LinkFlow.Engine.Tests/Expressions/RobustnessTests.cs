using System.Text;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

/// <summary>Whatever is written, an expression ends soon, in a value or in an ExpressionException.</summary>
public sealed class RobustnessTests
{
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
    [InlineData("(() => { const f = (n) => [1].map(() => f(n + 1)); return f(0); })()", "deep")]
    [InlineData("(() => { const a = [1]; a.forEach(x => a.push(x)); })()", "")]
    [InlineData("(() => { const a = [1, 2]; a.map((x, i, s) => s.push(x)); for (;;) a.push(1); })()", "")]
    [InlineData("(() => { const m = new Map([[1, 1]]); m.forEach((v, k) => m.set(k + 1, 1)); })()", "")]
    [InlineData("(() => { const s = new Set([1]); for (const x of s) s.add(x + 1); })()", "")]
    [InlineData("'x'.repeat(9e6).repeat(2)", "bytes")]
    [InlineData("'x'.repeat(5e6).split('').length", "")]
    [InlineData("'x'.repeat(5e6).split(/(?:)/).length", "")]
    [InlineData("(() => { const a = []; a.length = 1e9; return a })()", "bytes")]
    [InlineData("(() => { const a = []; a[1e9] = 1; return a.length })()", "bytes")]
    [InlineData("Array.from({length: 1e300})", "")]
    [InlineData("Array.from({length: Infinity})", "")]
    [InlineData("JSON.parse('[' + '1,'.repeat(1e6) + '1]').length", "bytes")]
    [InlineData("JSON.parse('[' + '{},'.repeat(1e6) + '1]').length", "bytes")]
    [InlineData("JSON.stringify('\\u0001'.repeat(9e6)).length", "bytes")]
    [InlineData("JSON.stringify(Array(5e5).fill('x'.repeat(1000))).length", "bytes")]
    [InlineData("'a'.repeat(1e5).replace(/a/g, () => 'x'.repeat(1e3)).length", "bytes")]
    [InlineData("'\\u00DF'.repeat(9e6).toUpperCase().length", "bytes")]
    [InlineData("encodeURIComponent('\\u00E9'.repeat(3e6)).length", "")]
    [InlineData("(() => { let o = {}; for (let i = 0; i < 50000; i++) o = {...o, ['k' + i]: i}; return 1 })()", "")]
    [InlineData("(() => { let o = []; for (let i = 0; i < 50000; i++) o = [...o, i]; return 1 })()", "")]
    [InlineData("(() => { const o = {}; for (let i = 0; i < 5e4; i++) o['k' + i] = i; for (let i = 0; i < 5e4; i++) delete o['k' + i]; })()", "steps")]
    [InlineData("(() => { const a = Array(5e4).fill(0); for (let i = 0; i < 1e5; i++) a.includes(1); })()", "steps")]
    [InlineData("(() => { const a = Array(5e4).fill(0); for (let i = 0; i < 1e5; i++) a.splice(1, 1, 2); })()", "")]
    [InlineData("(() => { const a = ' '.repeat(4e6); let n = 0; for (let i = 0; i < 1e5; i++) n += Number(a); })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(2e6), b = 'x'.repeat(1999999) + 'x'; for (let i = 0; i < 1e5; i++) a === b; })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(2e6), b = a + 'y', c = a + 'z'; for (let i = 0; i < 1e5; i++) b < c; })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(2e6), b = 'x'.repeat(1999999) + 'y'; return Array(1e5).fill(a).includes(b); })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(4e6); const s = new Set([a]); for (let i = 0; i < 1e5; i++) s.has(a); })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(4e6); const o = {}; for (let i = 0; i < 1e5; i++) o[a]; })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(4e6); for (let i = 0; i < 1e5; i++) a.startsWith(a); })()", "steps")]
    [InlineData("(() => { const a = 'x'.repeat(4e6); for (let i = 0; i < 1e5; i++) a.lastIndexOf('y'); })()", "steps")]
    [InlineData("(() => { const a = Array(1e5).fill(1); let n = 0; for (let i = 0; i < 1e5; i++) { const [x, ...y] = a; n += x } })()", "")]
    [InlineData("(() => { const f = (...a) => a.length; const a = Array(1e5).fill(1); for (let i = 0; i < 1e5; i++) f(...a); })()", "")]
    [InlineData("(() => { for (;;) { try { JSON.parse('{') } catch { } } })()", "")]
    [InlineData("(() => { for (;;) { try { new RegExp('(') } catch { } } })()", "")]
    [InlineData("(() => { try { for (;;) {} } finally { for (;;) {} } })()", "steps")]
    [InlineData("(() => { const f = () => { try { f() } finally { f() } }; f() })()", "deep")]
    [InlineData("((f) => f.call(null, f))(function g(f) { return g.call(null, f) })", "deep")]
    [InlineData("(() => { a: for (;;) { for (;;) continue a; } })()", "steps")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a + '' })()", "deep")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 5000; i++) a = [a]; return a.flat(Infinity) })()", "deep")]
    [InlineData("(() => { const a = []; a[0] = a; return `${a}` })()", "deep")]
    [InlineData("(() => { const a = []; a[0] = a; return a.flat(Infinity) })()", "deep")]
    [InlineData("(() => { const a = []; a[0] = a; return a == 'x' })()", "deep")]
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

    [Theory]
    [InlineData("new Array(-1)")]
    [InlineData("new Array(1.5)")]
    [InlineData("(() => { const a = []; a.length = -1; })()")]
    [InlineData("'x'.repeat(-1)")]
    [InlineData("'x'.repeat(Infinity)")]
    [InlineData("(1.5).toFixed(101)")]
    [InlineData("(1.5).toString(37)")]
    [InlineData("'x'.normalize('NFX')")]
    [InlineData("encodeURIComponent('\\ud800')")]
    [InlineData("String.fromCodePoint(1114112)")]
    public void A_number_beyond_its_range_is_an_error(string expression) => Assert.Equal(ExpressionErrorCodes.Range, Language.Error(expression).Code);

    /// <summary>There is nothing behind a value that could lead out of the language.</summary>
    [Theory]
    [InlineData("({})")]
    [InlineData("[]")]
    [InlineData("''")]
    [InlineData("(5)")]
    [InlineData("true")]
    [InlineData("(x => x)")]
    [InlineData("/a/")]
    [InlineData("'a'.match(/a/)")]
    [InlineData("new Set()")]
    [InlineData("new Map()")]
    [InlineData("new Date()")]
    [InlineData("new Error('x')")]
    [InlineData("$now")]
    [InlineData("Math")]
    [InlineData("JSON")]
    [InlineData("Object")]
    [InlineData("Array")]
    [InlineData("$json")]
    [InlineData("$input")]
    [InlineData("[].map")]
    [InlineData("Math.max")]
    public void A_value_has_no_constructor_and_no_prototype(string value)
    {
        foreach (var name in (string[])["constructor", "__proto__", "prototype", "caller", "arguments", "__defineGetter__", "__lookupGetter__"])
        {
            Assert.Equal("undefined", Language.Evaluate($"{value}.{name}"));
            Assert.Equal("undefined", Language.Evaluate($"{value}['{name}']"));
        }
    }

    [Theory]
    [InlineData("({})")]
    [InlineData("[1, [2]]")]
    [InlineData("'a'")]
    [InlineData("(5)")]
    [InlineData("true")]
    [InlineData("(x => x)")]
    [InlineData("/a/")]
    [InlineData("'a'.match(/a/)")]
    [InlineData("new Set([1])")]
    [InlineData("new Map()")]
    [InlineData("new Date(0)")]
    [InlineData("new Error('x')")]
    [InlineData("$now")]
    [InlineData("Math")]
    [InlineData("Math.max")]
    [InlineData("Object")]
    public void Every_value_has_toString_and_valueOf(string value)
    {
        Assert.Equal("\"string\"", Language.Evaluate($"typeof {value}.toString()"));
        Assert.Equal("true", Language.Evaluate($"(v => v.valueOf() === v || typeof v.valueOf() === 'number')({value})"));
    }

    [Theory]
    [InlineData("JSON.parse('{\"__proto__\": {\"a\": 1}}').a")]
    [InlineData("Object.assign({}, JSON.parse('{\"__proto__\": {\"a\": 1}}')).a")]
    [InlineData("({...JSON.parse('{\"__proto__\": {\"a\": 1}}')}).a")]
    [InlineData("(() => { const o = {}; o['__proto__'] = {a: 1}; return o.a; })()")]
    public void A_property_called_proto_is_a_property_and_no_more(string expression) => Assert.Equal("undefined", Language.Evaluate(expression));

    /// <summary>All that recurses is stopped before the stack ends, on a thread with a quarter of the usual megabyte.</summary>
    [Theory]
    [InlineData("(function f() { return f(); })()")]
    [InlineData("(function f() { return [1].map(() => [1].map(() => `${[f()]}`)); })()")]
    [InlineData("(function f() { return JSON.stringify({ toJSON: f }); })()")]
    [InlineData("(function f() { return 'a'.replace(/a/, f); })()")]
    [InlineData("(function f() { try { return f(); } finally { f(); } })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 50000; i++) a = [a]; return a + ''; })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 50000; i++) a = [a]; return a.flat(Infinity); })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 50000; i++) a = {a}; return JSON.stringify(a); })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 50000; i++) a = {a}; return a; })()")]
    [InlineData("(() => { let a = []; for (let i = 0; i < 50000; i++) a = new Set([a]); return JSON.stringify([a]) && a == 1 && a; })()")]
    [InlineData("JSON.parse('['.repeat(1e5))")]
    public void The_stack_never_ends(string expression)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => Language.Evaluate(expression)), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();

        Assert.True(thrown is null or ExpressionException, thrown?.ToString());
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    [InlineData("`${", "}`")]
    [InlineData("x=>", "")]
    [InlineData("f(", ")")]
    [InlineData("(()=>{if(1){", "}})()")]
    [InlineData("!", "")]
    [InlineData("1?", ":1")]
    [InlineData("1**", "")]
    public void What_is_as_deep_as_may_be_compiles_on_a_small_stack(string open, string close)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => EvaluateNested(open, close)), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();

        Assert.True(thrown is null or ExpressionException, thrown?.ToString());
    }

    private static void EvaluateNested(string open, string close)
    {
        for (var depth = 10; depth < 320; depth += 10)
        {
            var text = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
            if (Record.Exception(() => Language.Evaluate(text)) is { } e and not ExpressionException) throw e;
        }
    }
}
