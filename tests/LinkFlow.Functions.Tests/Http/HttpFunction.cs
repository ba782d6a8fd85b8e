using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Http;

/// <summary>A function with an HTTP trigger, as its attributes say.</summary>
internal sealed record HttpFunction(string Name, MethodInfo Method, HttpTriggerAttribute Trigger)
{
    /// <summary>All of the application's.</summary>
    public static IReadOnlyList<HttpFunction> All { get; } =
    [
        .. from type in typeof(Functions.Http.PlatformForwarder).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           let trigger = method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(t => t is not null)
           where function is not null && trigger is not null
           select new HttpFunction(function.Name, method, trigger),
    ];

    /// <summary>host.json's route prefix is empty.</summary>
    public RoutePattern Pattern { get; } = RoutePatternFactory.Parse("/" + Trigger.Route);
    /// <summary>False: it answers by itself, and the platform knows nothing of it.</summary>
    public bool IsForwarded => !Trigger.Route!.StartsWith("operations/", StringComparison.Ordinal);
    public IReadOnlyList<string> Methods { get; } = [.. Trigger.Methods!.Select(m => m.ToUpperInvariant())];

    public Task InvokeAsync(IServiceProvider services, HttpContext context, DurableTaskClient client, CancellationToken cancellationToken)
    {
        var target = ActivatorUtilities.CreateInstance(services, Method.DeclaringType!);
        var arguments = Method.GetParameters().Select(p => p.ParameterType switch
        {
            var t when t == typeof(HttpRequest) => (object)context.Request,
            var t when t == typeof(DurableTaskClient) => client,
            var t when t == typeof(CancellationToken) => cancellationToken,
            var t => throw new NotSupportedException($"{Name} takes a {t}, and nothing binds it."),
        });
        return (Task)Method.Invoke(target, [.. arguments])!;
    }
}
