using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>A function as the worker sees it: a public method with a name, one trigger, and parameters that are bound.</summary>
internal sealed class FunctionMethod
{
    private readonly MethodInfo _method;

    /// <exception cref="InvalidOperationException">The worker's build would refuse it.</exception>
    public FunctionMethod(MethodInfo method)
    {
        _method = method;
        Name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        if (!method.IsPublic || !method.DeclaringType!.IsVisible) throw Refused("is not public, nor would be found");
        if (!method.IsStatic && method.DeclaringType.GetConstructors().Length == 0) throw Refused("is in a class without a public constructor, which the worker cannot make");
        if (method.ReturnType == typeof(void) && method.GetCustomAttribute<System.Runtime.CompilerServices.AsyncStateMachineAttribute>() is not null) throw Refused("is async void");
        if (method.GetParameters().Any(p => p.GetCustomAttributes<BindingAttribute>().Count() > 1)) throw Refused("has two bindings on one parameter");
        var triggers = method.GetParameters().SelectMany(p => p.GetCustomAttributes<TriggerBindingAttribute>()).ToList();
        Trigger = triggers.Count == 1 ? triggers[0] : throw Refused($"has {triggers.Count} triggers instead of one");
        if (Trigger is ServiceBusTriggerAttribute && method.GetCustomAttribute<RetryAttribute>() is not null) throw Refused("has a retry attribute, which its trigger does not know");
    }

    public string Name { get; }
    public TriggerBindingAttribute Trigger { get; }

    /// <returns>What the method returned; null for none.</returns>
    /// <param name="trigger">What the trigger's parameter gets, by the type that it declares.</param>
    public async Task<object?> InvokeAsync(FunctionContext context, Func<Type, object?> trigger, DurableTaskClient? client, Func<Type, object?>? extra = null)
    {
        var instance = Make(context.InstanceServices);
        try
        {
            var arguments = _method.GetParameters().Select(p => Bind(p, context, trigger, client, extra)).ToArray();
            return await ResultAsync(_method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        }
        finally
        {
            if (instance is IAsyncDisposable later) await later.DisposeAsync();
            else (instance as IDisposable)?.Dispose();
        }
    }

    /// <summary>An instance of the method's class, made as the worker makes it; null for a static method.</summary>
    public object? Make(IServiceProvider services) => _method.IsStatic ? null : ActivatorUtilities.CreateInstance(services, _method.DeclaringType!);

    /// <summary>An orchestrator's method is called on its thread, and nothing may be awaited around it but what it returns.</summary>
    public async Task<object?> OrchestrateAsync(IServiceProvider services, TaskOrchestrationContext orchestration)
    {
        var instance = Make(services);
        var context = new InvocationContext(Name, services, CancellationToken.None);
        return await ResultAsync(_method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, [.. _method.GetParameters().Select(p => BindOrchestrator(p, context, orchestration))], null));
    }

    private static async Task<object?> ResultAsync(object? returned)
    {
        if (returned is not Task task) return returned;
        await task;
        var type = task.GetType();
        return type.IsGenericType && type.GetProperty(nameof(Task<>.Result)) is { } result && result.PropertyType.Name != "VoidTaskResult" ? result.GetValue(task) : null;
    }

    private object? Bind(ParameterInfo parameter, FunctionContext context, Func<Type, object?> trigger, DurableTaskClient? client, Func<Type, object?>? extra)
    {
        if (parameter.GetCustomAttribute<TriggerBindingAttribute>() is not null) return trigger(parameter.ParameterType);
        if (parameter.GetCustomAttribute<DurableClientAttribute>() is not null) return client ?? throw Refused("wants a durable client where there is none");
        if (parameter.ParameterType == typeof(FunctionContext)) return context;
        if (parameter.ParameterType == typeof(CancellationToken)) return context.CancellationToken;
        if (parameter.ParameterType == typeof(HttpRequest)) return context.GetHttpContext()?.Request;
        return extra?.Invoke(parameter.ParameterType) ?? throw Refused($"has a parameter '{parameter.Name}' that nothing binds");
    }

    private object? BindOrchestrator(ParameterInfo parameter, FunctionContext context, TaskOrchestrationContext orchestration)
    {
        if (parameter.ParameterType == typeof(TaskOrchestrationContext)) return orchestration;
        if (parameter.ParameterType == typeof(FunctionContext)) return context;
        if (parameter.Position > 0 && parameter.GetCustomAttribute<BindingAttribute>() is null)
            return typeof(TaskOrchestrationContext).GetMethod(nameof(TaskOrchestrationContext.GetInput))!.MakeGenericMethod(parameter.ParameterType).Invoke(orchestration, null);
        throw Refused($"has a parameter '{parameter.Name}', which an orchestrator must not have");
    }

    private InvalidOperationException Refused(string why) => new($"The function '{Name}' ({_method.DeclaringType?.Name}.{_method.Name}) {why}.");
}
