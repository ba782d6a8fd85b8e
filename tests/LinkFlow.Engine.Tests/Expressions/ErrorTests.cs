using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions;

public sealed class ErrorTests
{
    private const string Json = """{"customer":{"name":"Ann","address":null},"list":[1],"count":3}""";

    /// <summary>Positions are those in <c>{{ expression }}</c>: the expression begins at 3.</summary>
    [Theory]
    [InlineData("$json.custmer.name", 9, "Cannot read 'name' of undefined. Did you mean 'customer'?")]
    [InlineData("$json.customer.address.city", 18, "Cannot read 'city' of null.")]
    [InlineData("custmer.name", 3, "Cannot read 'name' of undefined. Did you mean 'customer'?")]
    [InlineData("$json.list[5].x", 14, "Cannot read 'x' of undefined.")]
    [InlineData("$json.list[5].toString()", 14, "Cannot read 'toString' of undefined.")]
    [InlineData("$json.customer.address.valueOf()", 18, "Cannot read 'valueOf' of null.")]
    [InlineData("$json.lst[0]", 9, "Cannot read element 0 of undefined. Did you mean 'list'?")]
    [InlineData("$json.gone['a b']", 9, "Cannot read 'a b' of undefined.")]
    [InlineData("$json.customer.adress.trim()", 18, "Cannot read 'trim' of undefined. Did you mean 'address'?")]
    [InlineData("$json.customer.name.toUppercase()", 23, "There is no method 'toUppercase' of the string \"Ann\". Did you mean 'toUpperCase'?")]
    [InlineData("$json.list.fliter(x => x)", 14, "There is no method 'fliter' of an array. Did you mean 'filter'?")]
    [InlineData("$json.count.toFixd(2)", 15, "There is no method 'toFixd' of the number 3. Did you mean 'toFixed'?")]
    [InlineData("Math.flor(1)", 8, "There is no method 'flor' of Math. Did you mean 'floor'?")]
    [InlineData("$json.customer.name()", 18, "'name' is not a function; it is the string \"Ann\".")]
    [InlineData("$jsn.a", 3, "There is no variable '$jsn'. Did you mean '$json'?")]
    [InlineData("parseint('1')", 3, "There is no function 'parseint'. Did you mean 'parseInt'?")]
    [InlineData("$json.list.map(1)", 14, "A function was expected, e.g. x => x.id, not the number 1.")]
    [InlineData("((f) => f())(1)", 11, "'f' is not a function; it is the number 1.")]
    [InlineData("$json.list[0]()", 14, "What is called here is not a function; it is the number 1.")]
    [InlineData("'x'.repeat(-1)", 7, "A string cannot be repeated -1 times.")]
    [InlineData("JSON.parse('{')", 8, "This is not JSON: ")]
    [InlineData("(() => { throw new Error('no stock'); })()", 12, "Error: no stock")]
    [InlineData("(() => { throw 'no stock'; })()", 12, "no stock")]
    [InlineData("[...5]", 4, "the number 5 cannot be iterated over: an array was expected.")]
    [InlineData("new RegExp('(')", 3, "The regular expression /(/ is not valid:")]
    [InlineData("'a' in 5", 10, "'in' needs an object on its right, not the number 5.")]
    [InlineData("$now.plus('x')", 8, "A duration such as { days: 1 } was expected, not the string \"x\".")]
    [InlineData("$now.plus({ dys: 1 })", -1, "'dys' is not a unit of time. Did you mean 'days'?")]
    public void An_error_says_what_is_wrong_where_and_what_was_meant(string expression, int position, string message)
    {
        var error = Language.Error(expression, Json);

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
        Assert.Equal(expression, error.Expression);
    }

    [Theory]
    [InlineData("{{ }}", 3, "The expression is empty.")]
    [InlineData("{{ 1 + }}", 7, "Expected a value, found the end of the expression.")]
    [InlineData("{{ 1 2 }}", 5, "Expected an operator or the end of the expression, found a number.")]
    [InlineData("{{ 1 'a' }}", 5, "found a string")]
    [InlineData("{{ 1 `a` }}", 5, "")]
    [InlineData("{{ ) }}", 3, "There is a ')' too many.")]
    [InlineData("{{ (1] }}", 5, "A ')' is missing before this ']'.")]
    [InlineData("{{ (1 }}", 6, "A ')' is missing before this '}'.")]
    [InlineData("a {{ (1", 5, "This '(' is not closed.")]
    [InlineData("a {{ 1", 2, "This expression is not closed by '}}'.")]
    [InlineData("{{ 'abc }}", 3, "This string is not closed by '.")]
    [InlineData("{{ `abc }}", 3, "This template is not closed by `.")]
    [InlineData("{{ `a${1 }}", 3, "not closed")]
    [InlineData("{{ 1 / /a }}", 7, "This regular expression is not closed by '/'.")]
    [InlineData("{{ 1 /* a }}", 5, "This comment is not closed by '*/'.")]
    [InlineData("{{ a } }}", 5, "There is a '}' too many")]
    [InlineData("{{ 1n }}", 3, "BigInt numbers are not supported: leave the 'n' out.")]
    [InlineData("{{ 012 }}", 3, "A number cannot begin with a zero")]
    [InlineData("{{ 0x }}", 3, "A digit is missing in this number.")]
    [InlineData("{{ 3px }}", 4, "A name cannot follow a number directly.")]
    [InlineData("{{ '\\x4' }}", 4, "This escape needs hexadecimal digits.")]
    [InlineData("{{ '\\u{110000}' }}", 4, "This is not a Unicode escape")]
    [InlineData("{{ '\\1' }}", 4, "Octal escapes are not allowed.")]
    [InlineData("{{ a # b }}", 5, "The character '#' is not part of the language.")]
    [InlineData("{{ this.x }}", 3, "'this' is not part of the language: use $json for the item's data.")]
    [InlineData("{{ import('x') }}", 3, "an expression cannot load anything")]
    [InlineData("{{ eval('1') }}", 3, "an expression cannot make code")]
    [InlineData("{{ new Function('1') }}", 7, "an expression cannot make code")]
    [InlineData("{{ require('fs') }}", 3, "cannot load anything")]
    [InlineData("{{ globalThis }}", 3, "'globalThis' is not part of the language.")]
    [InlineData("{{ Promise.all([]) }}", 3, "cannot wait")]
    [InlineData("{{ await x }}", 3, "cannot wait")]
    [InlineData("{{ async () => 1 }}", 3, "cannot be 'async'")]
    [InlineData("{{ class A {} }}", 3, "Classes are not supported.")]
    [InlineData("{{ function* f() {} }}", 11, "Generators are not supported.")]
    [InlineData("{{ if (1) 2 }}", 3, "is a statement; an expression was expected")]
    [InlineData("{{ enum }}", 3, "is a reserved word")]
    [InlineData("{{ x = 1 }}", 3, "'x' cannot be assigned to")]
    [InlineData("{{ 1 = 2 }}", 3, "This cannot be assigned to. Did you mean '==='?")]
    [InlineData("{{ a?.b = 2 }}", 3, "A '?.' cannot stand on the left of an assignment.")]
    [InlineData("{{ 1++ }}", 3, "This cannot be assigned to.")]
    [InlineData("{{ -1 ** 2 }}", 3, "Put the left side of '**' into brackets.")]
    [InlineData("{{ a ?? b || c }}", 8, "Put one of '??'")]
    [InlineData("{{ a && b ?? c }}", 3, "Put one of '??'")]
    [InlineData("{{ a.1 }}", 4, "")]
    [InlineData("{{ a. }}", 6, "Expected the name of a property")]
    [InlineData("{{ a?.`x` }}", 6, "Expected the name of a property, found a template.")]
    [InlineData("{{ f`x` }}", 4, "only String.raw is supported")]
    [InlineData("{{ {a b} }}", 6, "Expected ','")]
    [InlineData("{{ {1} }}", 5, "Expected ':'")]
    [InlineData("{{ {if} }}", 4, "is a statement")]
    [InlineData("{{ {true} }}", 8, "Expected ':'")]
    [InlineData("{{ {+:1} }}", 4, "Expected the name of a property, found '+'.")]
    [InlineData("{{ [1 2] }}", 6, "Expected ','")]
    [InlineData("{{ f(1 2) }}", 7, "Expected ','")]
    [InlineData("{{ f(/a/ /b/) }}", 12, "")]
    [InlineData("{{ (1 => 2) }}", 6, "Expected ')'")]
    [InlineData("{{ (a, 1) => 2 }}", 7, "Expected a name, found a number.")]
    [InlineData("{{ (...a, b) => 2 }}", 8, "Expected ')'")]
    [InlineData("{{ (a, a) => 2 }}", 7, "'a' is declared twice.")]
    [InlineData("{{ () => { const a; } }}", 18, "Expected '=' and a value")]
    [InlineData("{{ () => { let {a}; } }}", 18, "Expected '=' and a value")]
    [InlineData("{{ () => { let a = 1; let a = 2; } }}", 26, "'a' is declared twice.")]
    [InlineData("{{ () => { const a = 1; a = 2; } }}", 24, "'a' is a constant")]
    [InlineData("{{ () => { const a = 1; a++; } }}", 24, "'a' is a constant")]
    [InlineData("{{ () => { break; } }}", 11, "'break' can stand only in a loop.")]
    [InlineData("{{ () => { continue; } }}", 11, "'continue' can stand only in a loop.")]
    [InlineData("{{ () => { switch (1) { case 1: continue; } } }}", 32, "'continue' can stand only in a loop.")]
    [InlineData("{{ () => { switch (1) { x } } }}", 24, "Expected 'case' or 'default'")]
    [InlineData("{{ () => { try { } } }}", 19, "Expected 'catch' or 'finally'")]
    [InlineData("{{ () => { do { } 1 } }}", 18, "Expected 'while'")]
    [InlineData("{{ () => { for await (x of y) {} } }}", 15, "cannot wait")]
    [InlineData("{{ () => { a b } }}", 13, "Expected ';', found 'b'.")]
    [InlineData("{{ () => { function () { } } }}", 20, "a name for the function")]
    [InlineData("{{ delete x }}", 3, "Only a property can be deleted.")]
    [InlineData("{{ /a/gg }}", 3, "The flags 'gg'")]
    [InlineData("{{ /a/x }}", 3, "The flags 'x'")]
    [InlineData("{{ /(/ }}", 3, "is not valid")]
    [InlineData("{{ /[/ }}", 3, "not closed")]
    [InlineData("{{ /(?<a>b)(?<a>c)/ }}", 3, "not unique")]
    [InlineData("{{ /(?<>b)/ }}", 3, "the name of a group")]
    [InlineData("{{ /(?<a>b)\\k<c>/ }}", 3, "refers to no group")]
    [InlineData("{{ /(?%)/ }}", 3, "followed by something unknown")]
    [InlineData("{{ /a{1/u }}", 3, "a '{' stands alone")]
    [InlineData("{{ /\\p{Foo}/u }}", 3, "'Foo' is not supported")]
    [InlineData("{{ /\\p/u }}", 3, "needs a property in braces")]
    [InlineData("{{ /\\u{110000}/u }}", 3, "not a code point")]
    public void What_is_not_of_the_language_is_refused_when_it_is_compiled(string text, int position, string message)
    {
        var error = Assert.Throws<ExpressionException>(() => Template.Compile(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void A_pattern_that_is_too_long_is_refused() =>
        Assert.Equal(ExpressionErrorCodes.Limit, Language.Error($"/{new string('a', 6000)}/").Code);

    [Theory]
    [InlineData("$json.gone.deeper.x", "undefined")]
    [InlineData("$json.gone[0]", "undefined")]
    [InlineData("$json.gone.trim()", "undefined")]
    [InlineData("$json.none.x", "undefined")]
    public void Lenient_paths_come_out_undefined(string expression, string expected)
    {
        var scope = Language.Scope("""{"none":null}""") with { LenientPaths = true };

        Assert.Equal(expected, Template.Compile("{{ " + expression + " }}").Evaluate(scope).ToString());
        Assert.Equal("a  b", Template.Compile("a {{ " + expression + " }} b").Evaluate(scope).AsString);
    }
}
