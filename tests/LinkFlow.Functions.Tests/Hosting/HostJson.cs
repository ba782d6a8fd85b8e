using LinkFlow.Engine.Values;

namespace LinkFlow.Functions.Tests.Hosting;

/// <summary>What the host reads of the app's host.json.</summary>
internal sealed record HostJson(string RoutePrefix, string DefaultVersion)
{
    public static HostJson Read()
    {
        var extensions = JsonText.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))["extensions"];
        return new HostJson(extensions["http"]["routePrefix"].AsString ?? "api", extensions["durableTask"]["defaultVersion"].AsString ?? "");
    }
}
