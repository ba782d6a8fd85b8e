using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Scenarios.Contract;

/// <summary>The whole server in this process: real store, real runtime, HTTP in memory.</summary>
public sealed class TestServer : WebApplicationFactory<Program>, IContractServer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("linkflow-contract-").FullName;

    /// <summary>By name, as <c>LinkFlow:Environment</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What the host's own services are replaced with.</summary>
    public Action<IServiceCollection> Replaced { get; init; } = _ => { };

    public HttpClient Http => field ??= CreateOwner();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("LinkFlow:DataPath", _folder);
        builder.UseSetting("LinkFlow:OwnerApiKey", ServerProcess.OwnerKey);
        foreach (var (name, value) in Settings) builder.UseSetting(name, value);
        builder.ConfigureServices(Replaced);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private HttpClient CreateOwner()
    {
        var http = CreateClient();
        http.DefaultRequestHeaders.Add("X-API-Key", ServerProcess.OwnerKey);
        return http;
    }
}
