using System.Collections;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>What a function sees of its invocation.</summary>
internal sealed class InvocationContext : FunctionContext
{
    private readonly string _name;

    public InvocationContext(string name, IServiceProvider services, CancellationToken cancellationToken, HttpContext? http = null)
    {
        _name = name;
        InstanceServices = services;
        CancellationToken = cancellationToken;
        if (http is not null) Items["HttpRequestContext"] = http;
    }

    public override string InvocationId { get; } = Guid.NewGuid().ToString();
    public override string FunctionId => _name;
    public override TraceContext TraceContext => throw new NotSupportedException("The tests' host has no trace context.");
    public override BindingContext BindingContext => throw new NotSupportedException("The tests' host has no binding data.");
    public override RetryContext RetryContext => throw new NotSupportedException("The tests' host does not try again.");
    public override FunctionDefinition FunctionDefinition => throw new NotSupportedException("The tests' host has no definitions.");
    public override IServiceProvider InstanceServices { get; set; }
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
    public override IInvocationFeatures Features { get; } = new InvocationFeatures();
    public override CancellationToken CancellationToken { get; }

    private sealed class InvocationFeatures : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public void Set<T>(T instance) => _features[typeof(T)] = instance!;

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
