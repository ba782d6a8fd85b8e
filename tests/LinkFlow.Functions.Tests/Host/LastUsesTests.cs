using LinkFlow.Functions.Hosting;
using LinkFlow.Functions.Tests.Hosting;
using LinkFlow.Functions.Tests.Http;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Functions.Tests.Host;

/// <summary>When keys were last used is written down behind a function, now and then, and never instead of its work.</summary>
public sealed class LastUsesTests
{
    [Fact]
    public async Task Uses_are_written_down_every_few_minutes()
    {
        await using var web = await StartAsync();
        await UseKeyAsync(web);

        await InvokeAsync(web);
        var early = await SavedAsync(web);
        Clock(web).Advance(LastUses.Interval);
        await InvokeAsync(web);

        Assert.Equal((0, 1), (early, await SavedAsync(web)));
    }

    [Fact]
    public async Task A_store_that_takes_nothing_fails_no_function()
    {
        await using var web = await StartAsync();
        await UseKeyAsync(web);
        ((MemoryDocumentStore)web.Services.GetRequiredService<IDocumentStore>()).Fault = new StoreUnavailableException("full", TimeSpan.FromSeconds(1));
        Clock(web).Advance(LastUses.Interval);

        Assert.True(await InvokeAsync(web));
    }

    private static Task<FunctionsWeb> StartAsync() => FunctionsWeb.StartAsync(TwoHosts.Options(), services =>
    {
        TwoHosts.AddPorts(services);
        services.AddSingleton<TimeProvider>(new FixedClock());
    });

    private static FixedClock Clock(FunctionsWeb web) => (FixedClock)web.Services.GetRequiredService<TimeProvider>();

    private static async Task UseKeyAsync(FunctionsWeb web)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/workflows") { Headers = { { "X-API-Key", TwoHosts.OwnerKey } } };
        (await web.Http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    private static async Task<bool> InvokeAsync(FunctionsWeb web)
    {
        var ran = false;
        await web.Services.GetRequiredService<LastUses>().Invoke(new InvocationContext("any", web.Services, CancellationToken.None), _ => Task.FromResult(ran = true));
        return ran;
    }

    private static async Task<int> SavedAsync(FunctionsWeb web) =>
        (await web.Services.GetRequiredService<IDocumentStore>().QueryAsync(new DocumentQuery("default", ApiKey.UseType))).Items.Count;
}
