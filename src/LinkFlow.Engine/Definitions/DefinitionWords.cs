using System.Collections.Concurrent;
using System.Text.Json;

namespace LinkFlow.Engine.Definitions;

/// <summary>The words that stand for enum values in a definition's JSON: their names in camelCase.</summary>
internal static class DefinitionWords
{
    private static readonly ConcurrentDictionary<Type, object> Tables = new();

    public static IReadOnlyDictionary<string, T> Of<T>() where T : struct, Enum =>
        (IReadOnlyDictionary<string, T>)Tables.GetOrAdd(typeof(T), _ => Enum.GetValues<T>().ToDictionary(Word, StringComparer.Ordinal));

    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
