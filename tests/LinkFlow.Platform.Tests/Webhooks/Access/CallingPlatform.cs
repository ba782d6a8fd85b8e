using System.Net;
using LinkFlow.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Webhooks.Access;

/// <summary>A platform that is called from the address in the header X-Test-Caller, as a connection would have it.</summary>
internal static class CallingPlatform
{
    private const string Caller = "X-Test-Caller";

    public static Task<TestPlatform> StartAsync(Action<LinkFlowOptions>? configure = null) =>
        TestPlatform.StartAsync(configure, services: s => s.AddSingleton<IStartupFilter>(new Connections()));

    /// <summary>Activates a workflow that is called at a path of its own; returns the path.</summary>
    /// <param name="parameters">Further parameters of its webhook node, with a comma in front of each.</param>
    public static async Task<string> HookAsync(this TestPlatform platform, string parameters, string method = "POST")
    {
        var path = $"/webhooks/{Guid.NewGuid():n}";
        await platform.ActiveWorkflowAsync($$"""{"name":"n","nodes":[{"id":"h","type":"webhook","parameters":{"path":"{{path[10..]}}","method":"{{method}}"{{parameters}} } }]}""");
        return path;
    }

    public static Task<TestAnswer> CallAsync(this TestPlatform platform, string path, string caller, params string[] headers) =>
        platform.SendAsync("POST", path, "{}", "", [$"{Caller}: {caller}", .. headers]);

    private sealed class Connections : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                if (context.Request.Headers[Caller] is [{ } caller]) context.Connection.RemoteIpAddress = IPAddress.Parse(caller);
                return rest(context);
            });
            next(app);
        };
    }
}
