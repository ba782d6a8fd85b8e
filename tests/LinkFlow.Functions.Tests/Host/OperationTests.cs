using System.Net;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Tests.Hosting;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Platform.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Host;

/// <summary>The whole application: its operations, its start and what it writes down by itself.</summary>
public sealed class OperationTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("linkflow-operations-");
    private FunctionHost _host = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _host = await FunctionHost.StartAsync(_folder.FullName, new Dictionary<string, string> { ["LinkFlow:OwnerApiKey"] = TwoHosts.OwnerKey });
        _http = _host.Web.CreateClient();
        _http.DefaultRequestHeaders.Add("X-API-Key", TwoHosts.OwnerKey);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Executions_are_restarted_by_whoever_may_do_everything()
    {
        using var answer = await _http.PostAsync("/operations/restart-executions", null);

        Assert.Equal((HttpStatusCode.OK, """{"restarted":0}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.True(answer.Headers.Contains("X-Request-Id"));
    }

    [Fact]
    public async Task And_by_nobody_else()
    {
        using var made = await _http.PostAsync("/api/v1/api-keys", new StringContent("""{"name":"k","scopes":["execution:*"]}""", Encoding.UTF8, "application/json"));
        var key = JsonText.Parse(await made.Content.ReadAsStringAsync())["key"].AsString!;
        using var other = _host.Web.CreateClient();
        using var anonymous = await other.PostAsync("/operations/restart-executions", null);
        other.DefaultRequestHeaders.Add("X-API-Key", key);
        using var forbidden = await other.PostAsync("/operations/restart-executions", null);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (anonymous.StatusCode, forbidden.StatusCode));
    }

    [Fact]
    public async Task Timers_may_run_at_once_on_two_instances()
    {
        string[] timers = [.. FunctionCatalogue.OfTheApp.With<Microsoft.Azure.Functions.Worker.TimerTriggerAttribute>().Select(t => t.Function.Name)];

        await Task.WhenAll(timers.Concat(timers).Select(t => _host.RunTimerAsync(t)));

        Assert.Contains("timer-schedules", timers);
        Assert.Contains("timer-executions", timers);
    }

    [Fact]
    public async Task The_next_start_makes_no_second_owner()
    {
        await FunctionApp.PrepareAsync(_host.Services, TwoHosts.Options(o => o.OwnerApiKey = "another-key-0123456789-abcdefghijklmnop"), CancellationToken.None);
        using var other = _host.Web.CreateClient();
        other.DefaultRequestHeaders.Add("X-API-Key", "another-key-0123456789-abcdefghijklmnop");

        using var answer = await other.GetAsync("/api/v1/workflows");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Without_an_owners_key_none_is_made()
    {
        await using var web = await FunctionsWeb.StartAsync(TwoHosts.Options(o => o.OwnerApiKey = null), TwoHosts.AddPorts);

        Assert.Empty((await web.Services.GetRequiredService<ApiKeyService>().ListAsync("default", 10, null, CancellationToken.None)).Keys);
    }
}
