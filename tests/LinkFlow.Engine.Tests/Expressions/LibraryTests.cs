using LinkFlow.Engine.Expressions;

namespace LinkFlow.Engine.Tests.Expressions;

/// <summary>What the conformance table cannot hold: newer than the Node.js that made it, or peculiar to LinkFlow.</summary>
public sealed class LibraryTests
{
    [Theory]
    [InlineData("[...new Set([1,2]).union(new Set([2,3]))]", "[1,2,3]")]
    [InlineData("[...new Set([1,2]).intersection(new Set([2,3]))]", "[2]")]
    [InlineData("[...new Set([1,2]).difference(new Set([2,3]))]", "[1]")]
    [InlineData("new Set([1]).isSubsetOf(new Set([1,2]))", "true")]
    [InlineData("new Set([1]).isSupersetOf(new Set([1,2]))", "false")]
    [InlineData("new Set([1]).isDisjointFrom(new Set([2]))", "true")]
    [InlineData("new Set([[1], {}, x => x, 'a', null, true]).size", "6")]
    [InlineData("((a, o) => new Set([a, a, o, o]).size)([1], {})", "2")]
    [InlineData("[...new Set([1,2]).symmetricDifference(new Set([2,3]))]", "[1,3]")]
    [InlineData("RegExp.escape('1.5 (new)/a-b\\n_ü😀')", "\"\\\\x31\\\\.5\\\\x20\\\\(new\\\\)\\\\/a\\\\x2db\\\\n_ü😀\"")]
    [InlineData("['a.b', 'x y', '[z]', '\\ud800', ''].every(t => new RegExp('^' + RegExp.escape(t) + '$').test(t))", "true")]
    [InlineData("[Math.f16round(5.05), Math.f16round(1e9) > 1e9, Math.f16round(NaN) + 1]", "[5.05078125,true,null]")]
    [InlineData("[Math.max.bind(null, 5)(3), (f => [f.name, f()])((() => 7).bind()), [1, 2].map(Math.pow.bind(null, 2))]", """[5,["bound ",7],[2,4]]""")]
    [InlineData("Object.groupBy([1,2,3], x => x % 2 ? 'odd' : 'even')", """{"odd":[1,3],"even":[2]}""")]
    [InlineData("[...Map.groupBy([1,2,3], x => x % 2)].map(([k, v]) => [k, v.length])", "[[1,2],[0,1]]")]
    [InlineData("['a\\ud800'.isWellFormed(), 'a😀'.isWellFormed(), '\\udc00'.isWellFormed()]", "[false,true,false]")]
    [InlineData("['\\ud800x'.toWellFormed().length, 'ok😀'.toWellFormed()]", "[2,\"ok😀\"]")]
    [InlineData("(r => [r.global, r.ignoreCase, r.multiline, r.sticky, r.lastIndex, r.source, r.gone])(/a/gim)", """[true,true,true,false,0,"a",null]""")]
    [InlineData("(m => [m.length, m.input, m.index, m.join('-'), m.map(x => x + x), Object.keys(m), String(m), [...m], m.gone])('xab'.match(/(a)(b)/))", """[3,"xab",1,"ab-a-b",["abab","aa","bb"],["0","1","2"],"ab,a,b",["ab","a","b"],null]""")]
    [InlineData("['Letter','Alphabetic','Uppercase_Letter','Lowercase_Letter','Number','Decimal_Number','Punctuation','Symbol','Separator','Mark','Script=Greek'].map(p => new RegExp('\\\\p{' + p + '}', 'u').test('aÄ1.+ \\u0301β'))", "[true,true,true,true,true,true,true,true,true,true,true]")]
    [InlineData("['Cyrillic','Hebrew','Arabic','Thai','Hiragana','Katakana','Han'].map(p => new RegExp('\\\\p{Script=' + p + '}', 'u').test('ЖאعกあカX漢'))", "[true,true,true,true,true,true,true]")]
    [InlineData("/[\\D\\W\\S]/.test('a') && /[\\s]/.test(' ') && /[\\w]/.test('_') && /[\\b]/.test('\\b')", "true")]
    [InlineData("/\\D\\W\\S/.test('a-b') && /\\0/.test('\\0') && /\\u{41}/u.test('A') && /[\\u{1F600}]/u.test('x') === false", "true")]
    [InlineData("/.😀/su.test('\\n😀') && /a#b c/.test('a#b c') && /[\\^a-]/.test('^') && /x{,2}/.test('x{,2}')", "true")]
    [InlineData("/\\k/.test('k') && /\\8/.test('8') && /[^a]b[^]/.test('xb\\n')", "true")]
    [InlineData("(0.999).toString(2).length > 10 && (255.9999999999999).toString(16).startsWith('ff.')", "true")]
    [InlineData("(15.999999999999998).toString(16)", "\"f.ffffffffffff8\"")]
    [InlineData("(1/3).toString(3)", "\"0.1\"")]
    [InlineData("[NaN.toLocaleString(), (1/0).toLocaleString(), (-1/0).toLocaleString(), (1e21).toLocaleString()]", """["NaN","∞","-∞","1,000,000,000,000,000,000,000"]""")]
    [InlineData("(5).valueOf() + Number.prototype", "null")]
    [InlineData("({a: 1}).valueOf().a", "1")]
    [InlineData("[1,2].toLocaleString()", "\"1,2\"")]
    [InlineData("'I'.toLocaleLowerCase() + 'i'.toLocaleUpperCase()", "\"iI\"")]
    [InlineData("['ŉﬁﬂ'.toUpperCase(), 'İ'.toLowerCase().length]", "[\"ʼNFIFL\",2]")]
    [InlineData("['_','-',',','a','1','Ä','é','e','É','€'].sort((a, b) => a.localeCompare(b)).join('')", "\"_-,€1aÄeéÉ\"")]
    [InlineData("((f) => f.call(null, 2) + f.call() + f.apply(null, [3]) + f.apply())((x = 1) => x)", "7")]
    [InlineData("((f) => f.toString() + f.name + f.gone)((x) => x)", "\"(x) => xundefined\"")]
    [InlineData("[String(Math.max), String(Date), Math.max.gone, Math.gone, Date.gone]", """["function max() { [native code] }","function Date() { [native code] }",null,null,null]""")]
    [InlineData("(t => { const f = t.trim; return f(); })('  a ')", "\"a\"")]
    [InlineData("new Error('a').toString() + new Error() + Object.keys(new Error('x')).length + new Error('x').gone", "\"Error: aError0undefined\"")]
    [InlineData("(() => { try { undefined.x } catch (e) { return e.name + ': ' + e.message } })()", "\"TypeError: Cannot read 'x' of undefined.\"")]
    [InlineData("(() => { try { $('x').first() } catch (e) { return e.name } })()", "\"TypeError\"")]
    [InlineData("(() => { try { (() => { throw { a: 1 } })() } catch (e) { return e.a } })()", "1")]
    [InlineData("(() => { try { $secrets.x } catch (e) { return 'no' } finally { } })()", "\"no\"")]
    [InlineData("(() => { try { try { null.x } finally { return 1 } } catch { return 2 } })()", "1")]
    [InlineData("(() => { try { try { null.x } catch { null.y } finally { } } catch (e) { return e.message } })()", "\"Cannot read 'y' of null.\"")]
    [InlineData("Object.freeze([1])[0] + (Object.isFrozen($json) ? 1 : 0)", "2")]
    [InlineData("'x' in $now || 'year' in $now", "true")]
    [InlineData("Object.is(NaN, NaN) && !Object.is(0, -0) && Object.is({}, {}) === false", "true")]
    [InlineData("Object.keys(Duration.fromObject({hours: 1, days: 2}))", """["hours","days"]""")]
    [InlineData("JSON.stringify({d: Duration.fromObject({hours: 1}), r: /a/, s: $now})", "\"{\\\"d\\\":\\\"PT1H\\\",\\\"r\\\":{},\\\"s\\\":\\\"2024-03-05T14:07:09.042Z\\\"}\"")]
    [InlineData("[..._ ?? []]", "[]")]
    [InlineData("[new Set().gone, new Map().gone, new Set([1]).size]", "[null,null,1]")]
    [InlineData("a?.[0]?.b.c ?? 'none'", "\"none\"")]
    [InlineData("typeof $json.nothing === 'undefined' ? 'absent' : 'present'", "\"absent\"")]
    public void The_library_goes_beyond_the_table(string expression, string expected) => Assert.Equal(expected, Language.Evaluate(expression));

    [Theory]
    [InlineData("new (x => x)()", "not a constructor")]
    [InlineData("new parseInt('1')", "not a constructor")]
    [InlineData("new Map([null])", "list of a key and a value")]
    [InlineData("new Set([1]).union([2])", "A Set was expected")]
    [InlineData("Array.from(null)", "cannot be made an array")]
    [InlineData("Object.groupBy([1])", "A function was expected")]
    [InlineData("'a'.includes(/a/)", "not a regular expression")]
    [InlineData("new Array(1.5)", "Invalid array length")]
    [InlineData("'a' + Symbol", "not part of the language")]
    [InlineData("JSON.stringify((() => { const a = []; a.push(a); return a; })())", "contains itself")]
    [InlineData("Math()", "'Math' is not a function")]
    [InlineData("'a'.localeCompare('b', 'en', { sensitivity: 'x' })", "The sensitivity must be 'base', 'accent', 'case' or 'variant', not 'x'.")]
    [InlineData("Object.create({ a: 1 })", "There are no prototypes: Object.create takes null, not an object. Write { ...x } for a copy.")]
    [InlineData("Object.fromEntries([1])", "Each entry must be a list of a name and a value, not the number 1.")]
    [InlineData("RegExp.escape(1)", "RegExp.escape needs a string, not the number 1.")]
    [InlineData("[() => String.raw(null)].map(f => f())", "String.raw is a tag for templates")]
    [InlineData("[() => String.raw({})].map(f => f())", "String.raw needs an object with the property raw.")]
    [InlineData("new Set().addd(1)", "There is no method 'addd' of a set. Did you mean 'add'?")]
    [InlineData("Object.kyes({})", "There is no method 'kyes' of Object. Did you mean 'keys'?")]
    [InlineData("(x => x).cal()", "There is no method 'cal' of a function. Did you mean 'call'?")]
    public void What_the_library_cannot_do_is_an_error(string expression, string message) =>
        Assert.Contains(message, Language.Error(expression).Message, StringComparison.Ordinal);

    [Fact]
    public void The_parts_of_a_text_share_one_set_of_limits()
    {
        var text = string.Concat(Enumerable.Repeat("{{ 'a'.repeat(1e6) }}", 20));

        Assert.Equal(ExpressionErrorCodes.Limit, Assert.Throws<ExpressionException>(() => Language.Text(text)).Code);
    }
}
