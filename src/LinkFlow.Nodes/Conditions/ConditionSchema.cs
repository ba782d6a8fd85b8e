namespace LinkFlow.Nodes.Conditions;

/// <summary>The JSON Schema of conditions, for every node that takes them.</summary>
internal static class ConditionSchema
{
    /// <summary>Properties of the object that holds conditions, without the braces around them.</summary>
    public const string Properties = """
        "conditions": {
          "type": "array",
          "minItems": 1,
          "maxItems": 100,
          "description": "Comparisons, joined by 'combine'.",
          "items": {
            "type": "object",
            "properties": {
              "left": { "description": "The value that is looked at, usually an expression." },
              "operator": { "enum": ["equals", "notEquals", "gt", "gte", "lt", "lte", "contains", "notContains", "startsWith", "endsWith", "matches", "exists", "notExists", "isEmpty", "isNotEmpty", "isTrue", "isFalse", "before", "after", "in", "notIn"] },
              "right": { "description": "What it is compared with; not needed for exists, isEmpty, isTrue and their opposites." },
              "ignoreCase": { "type": "boolean", "description": "As for all conditions, but for this one." },
              "convertTypes": { "type": "boolean", "description": "As for all conditions, but for this one." }
            },
            "required": ["left", "operator"],
            "additionalProperties": false
          }
        },
        "combine": { "enum": ["and", "or"], "default": "and", "description": "Whether all conditions must hold, or one." },
        "ignoreCase": { "type": "boolean", "default": false, "description": "Compare strings regardless of case." },
        "convertTypes": { "type": "boolean", "default": false, "description": "Where the types differ, convert instead of failing: to numbers where one is a number, then to booleans, then to the right one's." },
        "expression": { "type": ["string", "boolean"], "description": "Instead of conditions: an expression that is true or false." }
        """;

    /// <summary>The operators as a Markdown table, for documentation.</summary>
    public const string Documentation = """
        | operators | compare |
        |---|---|
        | `equals` `notEquals` | any two values; arrays and objects deeply |
        | `gt` `gte` `lt` `lte` | two numbers, or two strings; a missing value is never greater or less |
        | `contains` `notContains` | a string in a string, a value in an array |
        | `startsWith` `endsWith` `matches` | strings; `matches` takes a regular expression |
        | `exists` `notExists` | whether it is there and not null |
        | `isEmpty` `isNotEmpty` | "", [], {}, null and what is missing are empty |
        | `isTrue` `isFalse` | a boolean |
        | `before` `after` | two times |
        | `in` `notIn` | a value and a list |

        Types are strict: `"5"` is not `5`, and comparing them fails the item; `"convertTypes": true` converts.
        """;
}
