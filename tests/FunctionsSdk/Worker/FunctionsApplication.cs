using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}

/// <summary>Builds a host of the app's services without a worker: functions are invoked by the tests' host.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly HostApplicationBuilder _builder;
    private readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];

    internal FunctionsApplicationBuilder(string[]? args)
    {
        _builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
        Services.AddSingleton<IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>>>(_middleware);
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_builder).Properties;

    public ConfigurationManager Configuration => _builder.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public IHostEnvironment Environment => _builder.Environment;

    public ILoggingBuilder Logging => _builder.Logging;

    public IMetricsBuilder Metrics => _builder.Metrics;

    public IServiceCollection Services => _builder.Services;

    public IHost Build() => _builder.Build();

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull
        => _builder.ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        _middleware.Add(middleware);
        return this;
    }
}

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>Registers what the web host of the package brings along and an application's own pipeline needs.</summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        var listener = new System.Diagnostics.DiagnosticListener("Microsoft.AspNetCore");
        builder.Services.AddSingleton(listener);
        builder.Services.AddSingleton<System.Diagnostics.DiagnosticSource>(listener);
        builder.Services.AddRouting();
        return builder;
    }
}
