using System.Text;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Expressions.Reference;
using LinkFlow.Engine.Values;

namespace LinkFlow.Engine.Tests.Expressions.Reference;

/// <summary>docs/expressions.md: an introduction, then what the library says of itself.</summary>
internal static class ExpressionDocument
{
    public static string Write()
    {
        var limits = ExpressionLimits.Default;
        var text = new StringBuilder(Introduction
            .Replace("{steps}", $"{limits.MaxSteps:N0}", StringComparison.Ordinal)
            .Replace("{time}", $"{limits.MaxTime.TotalMilliseconds:N0}", StringComparison.Ordinal)
            .Replace("{depth}", $"{limits.MaxDepth:N0}", StringComparison.Ordinal)
            .Replace("{bytes}", $"{limits.MaxBytes:N0}", StringComparison.Ordinal)
            .Replace("{sample}", JsonText.Write(SampleScope.Scope.Item!.Json), StringComparison.Ordinal)
            .Replace("{regex}", $"{limits.MaxRegexTime.TotalMilliseconds:N0}", StringComparison.Ordinal));
        foreach (var section in LanguageReference.Sections)
        {
            text.Append($"\n## {Title(section)}\n{section.Description}\n\n| {(section.Kind == "globals" ? "name" : "member")} | meaning | example |\n|---|---|---|\n");
            foreach (var entry in section.Entries)
                text.Append($"| {Code(entry.Signature)} | {Cell(entry.Description)} | {Code(entry.Example)} → {Code(Shown(entry))} |\n");
        }

        return text.ToString();
    }

    private static string Title(ReferenceSection section) => section.Kind switch
    {
        "type" => $"Of {section.Name}",
        "namespace" => $"`{section.Name}`",
        _ => char.ToUpperInvariant(section.Name[0]) + section.Name[1..],
    };

    private static string Shown(ReferenceEntry entry) => entry.ResultType == "undefined" ? "undefined" : JsonText.Write(entry.Result);

    /// <summary>Between as many backticks as it takes.</summary>
    private static string Code(string text) => text.Contains('`', StringComparison.Ordinal) ? $"`` {Cell(text)} ``" : $"`{Cell(text)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private const string Introduction = """
        # Expressions

        Made by the tests from what the library says of itself: `UPDATE_DOCS=1 dotnet test tests/LinkFlow.Engine.Tests` writes it anew. Every result below is the example's, evaluated. `GET /api/v1/expressions/reference` shows the same as JSON; `POST /api/v1/expressions/evaluate` tries an expression out.

        ## Where they stand
        Any string of a node's parameters may hold `{{ expressions }}`. A string that is one expression keeps the value's type; in a longer one the parts are printed into the text.

        | parameter | becomes |
        |---|---|
        | `{{ $json.total * 1.19 }}` | a number |
        | `Dear {{ $json.name }}, you have {{ $json.tags.length }} tags.` | a text |
        | `{{ { id: $json.id, tags: [...$json.tags, 'new'] } }}` | an object |
        | `\{{ not an expression }}` | a text with the braces |

        `}}` ends an expression only outside of its strings, templates, regular expressions, brackets and braces. An expression is compiled once for a version of a workflow. A mistake in its syntax, an unknown name or a reference to a node that does not exist is found when the workflow is validated or activated, not when it runs.

        ## The language
        It is the expression part of JavaScript (ES2023): literals, templates, regular expressions, arrays and objects with spread, members with `.`, `[]` and `?.`, calls, arrow functions, destructuring, `typeof`, `in`, `instanceof`, all operators, `??`, `?:`. Functions may have a block with `const`, `let`, `if`, `for…of`, `return`, `throw` and `try`:

        ```js
        {{ $json.items
             .filter(item => item.price > 10)
             .map(({ name, price }) => `${name}: ${price.format('de-DE', { style: 'currency', currency: 'EUR' })}`)
             .join('\n') }}

        {{ (() => {
             let sum = 0;
             for (const { price, count } of $json.items) sum += price * count;
             return sum;
           })() }}
        ```

        A bare name that is none of the language's means a property of `$json`: `{{ name }}` is `{{ $json.name }}`. There is no way out of an expression: no `eval`, `Function`, `import`, `this`, prototypes or objects of the host.

        ## Other nodes
        `$('name')` is another node that has a path to this one, by its name or id. `$('name').item` is the item there that the current one came from, however many nodes lie between; where that cannot be told, the error says so, and `first()`, `last()` and `all()` always can. `$('name').isExecuted` tells whether it ran at all. Only the outputs of nodes that an expression names are loaded.

        ## What is not there
        A property that does not exist is `undefined`; reading on from `undefined` or `null` is an error that guesses the name that was meant. `?.` and `??` are the way around: `{{ $json.address?.city ?? 'unknown' }}`. `isEmpty()` and `isNotEmpty()` may be asked of anything, also of what is not there. A parameter or a part of a text that comes out `undefined` is an error too. With `"lenientPaths": true` in the workflow's settings (imports from n8n have it) both are `undefined`, printed as nothing.

        ## Limits
        One evaluation may take {steps} steps (calls, rounds of loops, elements visited), {time} ms, functions {depth} deep, {bytes} bytes of strings (one byte per UTF-16 unit) and arrays and objects (16 per element), and {regex} ms for one use of a regular expression. The parts of one text share one set. Whatever goes beyond ends in an error that names the limit, which `catch` cannot catch.

        ## Errors
        They name the node, the parameter, the position and the expression, and the nearest name that exists:

        > Cannot read 'city' of undefined. Did you mean 'address'? in 'send' → body at 9: $json.adress.city

        | code | meaning |
        |---|---|
        | `SYNTAX` | It is not of the language, or holds text that is not what it should be, such as JSON. |
        | `UNKNOWN_NAME` | There is no variable, function, method or node of that name. |
        | `TYPE` | A value is of the wrong kind. |
        | `RANGE` | A value is out of its range. |
        | `UNDEFINED` | A parameter or a part of a text came out undefined. |
        | `NOT_EXECUTED` | Another node has not been executed before this one. |
        | `PAIRING` | It cannot be told which item of another node the current one came from. |
        | `REFERENCE` | A variable is used before its declaration has run. |
        | `THROWN` | The expression threw. |
        | `LIMIT` | It would take more than it may. |

        ## Where it differs from JavaScript
        - A text prints objects and arrays as JSON, not as `[object Object]`. A number that was passed through prints as it was written (`1.50`, `12345678901234567890`); wherever JavaScript calculates or concatenates it is a double.
        - The workflow's data never changes. Methods that change their array work on a copy of it; an assignment to it is an error that says how to copy.
        - `keys()`, `values()`, `entries()` and `matchAll()` give arrays. There are no iterators, symbols, getters, prototypes, generators, classes, promises or BigInt. A hole in an array is an element that is undefined.
        - `$now`, `new Date()` and `Math.random()` give the same within a run of a node and when it is repeated after a crash.
        - A DateTime that cannot be is an error, not an invalid value. DateTimes end with the year 9999.
        - Regular expressions run in linear time where they can; there `\b` knows letters beyond ASCII, and with the flag `m` only `\n` ends a line.
        - `normalize` knows the canonical forms of Latin, Greek, Cyrillic, Kana and Hangul; NFKC and NFKD are NFC and NFD. `localeCompare` orders all languages alike.
        - `Object.freeze`, `seal` and `preventExtensions` give their argument and change nothing; `Object.create` takes only null.
        - `$if` evaluates only the side that it gives.

        ## Where it differs from n8n
        - An hour that clocks show twice is the first of the two; Luxon takes the one whose offset is in force on the day of the run.
        - Dates know 24 locales (`DateTime` lists them); another one, and an option that there is not, is an error. `Interval.toLocaleString` shows both ends in full.
        - Numbers and booleans are never empty: `(0).isEmpty()` is false, as n8n documents it.
        - `parseJson()` of what is no JSON is an error that says where, rather than undefined.
        - `removeTags()` leaves a `<` that begins no tag: `1 < 2` stays. `isEmail()` asks whether all of the text is an address.
        - The functions `min`, `max`, `average`, `not`, `numberList` and `zip` without a dollar sign are not there: such names mean properties of `$json`. `$min`, `$max`, `$average` and `$not` are.

        In the examples below, `$json` is
        `{sample}`.

        """;
}
