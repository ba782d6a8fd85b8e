using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>All functions of the app by name, found as the worker finds them.</summary>
internal sealed class FunctionCatalogue
{
    private readonly Dictionary<string, FunctionMethod> _functions = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidOperationException">Two functions have one name, or one would be refused.</exception>
    public FunctionCatalogue(Assembly assembly)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var method in assembly.GetTypes().SelectMany(t => t.GetMethods(All)).Where(m => m.GetCustomAttribute<FunctionAttribute>() is not null))
        {
            var function = new FunctionMethod(method);
            if (!_functions.TryAdd(function.Name, function)) throw new InvalidOperationException($"Two functions are named '{function.Name}'.");
        }
    }

    public static FunctionCatalogue OfTheApp { get; } = new(typeof(LinkFlow.Functions.Records.ExecutionRecords).Assembly);

    public IReadOnlyCollection<FunctionMethod> All => _functions.Values;

    public FunctionMethod this[string name] => _functions.TryGetValue(name, out var function)
        ? function
        : throw new KeyNotFoundException($"The app has no function '{name}'; it has: {string.Join(", ", _functions.Keys)}.");

    public IEnumerable<(FunctionMethod Function, T Trigger)> With<T>()
        where T : TriggerBindingAttribute
        => _functions.Values.Where(f => f.Trigger is T).Select(f => (f, (T)f.Trigger));
}
