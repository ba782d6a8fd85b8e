using LinkFlow.Engine.Values;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Events;
using LinkFlow.Platform.Events.Subscriptions;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Schedules;
using LinkFlow.Platform.Tests.Credentials.OAuth2;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Scenarios.Contract.Events;

/// <summary>A server whose events are recorded, and everything that makes it publish one.</summary>
internal sealed class EventWorld : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly EventRecorder _recorder = new();
    private readonly ShiftedClock _clock = new();

    public EventWorld() => _server = new TestServer
    {
        Settings = new Dictionary<string, string> { ["LinkFlow:Outbound:Allow"] = "127.0.0.0/8", ["LinkFlow:Events:FirstRetryMilliseconds"] = "1" },
        Replaced = services => services.AddSingleton<TimeProvider>(_clock).AddSingleton<IEventSubscriber>(_recorder),
    };

    public IReadOnlyList<CloudEvent> Seen => [.. _recorder.Seen];

    public async Task<Value> SendAsync(string method, string path, string? json = null)
    {
        var (status, body, _) = await _server.SendAsync(method, "/api/v1" + path, json);
        return status < 300 ? body : throw new InvalidOperationException($"{method} {path}: {status} {body}");
    }

    public async Task WorkflowsAsync()
    {
        var id = (await SendAsync("POST", "/workflows", """{"name":"W","nodes":[{"id":"start","type":"start"},{"id":"hook","type":"webhook","parameters":{"path":"here"}}],"connections":[]}"""))["id"].AsString;
        await SendAsync("PATCH", $"/workflows/{id}", """{"name":"V"}""");
        foreach (var step in new[] { "activate", "deactivate", "archive", "unarchive" }) await SendAsync("POST", $"/workflows/{id}/{step}");
        await SendAsync("DELETE", $"/workflows/{id}");
    }

    public async Task ExecutionsAsync()
    {
        await RunAsync("""{"id":"end","type":"stop_and_error","parameters":{"message":"no"}}""", "error");
        await RunAsync("""{"id":"end","type":"http_request","parameters":{"url":"http://127.0.0.1:1/"},"retry":{"maxAttempts":2,"initialDelayMs":1}}""", "error");
        await RunAsync("""{"id":"end","type":"no_op"}""", "success");
        const string waits = """{"id":"end","type":"wait","parameters":{"for":"duration","seconds":3600}}""";
        await RunAsync(waits, "timed_out", """{"timeoutSeconds":1}""");
        var waiting = await RunAsync(waits, "waiting");
        foreach (var (command, status) in new[] { ("pause", "paused"), ("resume", "waiting"), ("cancel", "cancelled") })
        {
            await SendAsync("POST", $"/executions/{waiting}/{command}");
            await _server.UntilAsync(waiting, status);
        }
    }

    public async Task SchedulesAsync()
    {
        var calendar = (await SendAsync("POST", "/calendars", """{"name":"Days","dates":["12-25"]}"""))["id"].AsString;
        await SendAsync("PUT", $"/calendars/{calendar}", """{"name":"Days off","dates":["12-25"]}""");
        await SendAsync("DELETE", $"/calendars/{calendar}");
        var slow = await ScheduleAsync("""{"id":"end","type":"wait","parameters":{"for":"duration","seconds":3600}}""", "\"overlap\":\"skip\"");
        foreach (var _ in (int[])[1, 2]) await TickAsync(slow, 61);
        await TickAsync(slow, 600);
        await SendAsync("PUT", $"/schedules/{slow}", (await SendAsync("GET", $"/schedules/{slow}")).AsObject!.Copy().Set("enabled", false) is var off ? Value.From(off).ToString() : "");
        await SendAsync("DELETE", $"/schedules/{slow}");
        var failing = await ScheduleAsync("""{"id":"end","type":"stop_and_error","parameters":{"message":"no"}}""", "\"maxConsecutiveFailures\":1");
        await TickAsync(failing, 61);
        for (var enabled = true; enabled; enabled = (await SendAsync("GET", $"/schedules/{failing}"))["enabled"].AsBoolean) await TickAsync(failing, 0);
        var orphan = await ScheduleAsync("""{"id":"end","type":"no_op"}""", "\"misfire\":\"skip\"");
        var workflow = (await SendAsync("GET", $"/schedules/{orphan}"))["workflowId"].AsString;
        await SendAsync("PATCH", $"/workflows/{workflow}", """{"nodes":[{"id":"start","type":"start"}],"connections":[]}""");
        await SendAsync("POST", $"/workflows/{workflow}/activate");
        await TickAsync(orphan, 61);
    }

    public async Task CredentialsAsync()
    {
        var expires = _clock.GetUtcNow().AddDays(30).ToString("O");
        var id = (await SendAsync("POST", "/credentials", $$"""{"name":"Shop","type":"bearer","data":{"token":"s3cret-token"},"allowedHosts":["shop.example"],"expiresAt":"{{expires}}"}"""))["id"].AsString;
        await SendAsync("PUT", $"/credentials/{id}", $$"""{"name":"Shop 2","type":"bearer","data":{},"allowedHosts":["shop.example"],"expiresAt":"{{expires}}"}""");
        await SendAsync("POST", $"/credentials/{id}/rotate", """{"data":{"token":"an0ther-token"}}""");
        var key = await SendAsync("POST", "/api-keys", """{"name":"k","scopes":["workflow:read"]}""");
        await SendAsync("PUT", $"/credentials/{id}/shares/apikey:{key["id"].AsString}", """{"permission":"use"}""");
        foreach (var days in (int[])[20, 80])
        {
            _clock.Shift += TimeSpan.FromDays(days);
            await _server.Services.GetRequiredService<CredentialReminders>().SweepAsync(Tenants.Default, default);
        }

        await SendAsync("DELETE", $"/credentials/{id}");
        await SendAsync("DELETE", $"/api-keys/{key["id"].AsString}");
    }

    public async Task ConsentsAsync()
    {
        await using var provider = await AuthorizationServer.StartAsync();
        var data = $$"""{"authorizeUrl":"{{provider.Url}}/authorize","tokenUrl":"{{provider.Url}}/token","clientId":"{{AuthorizationServer.ClientId}}","clientSecret":"{{AuthorizationServer.ClientSecret}}"}""";
        var id = (await SendAsync("POST", "/credentials", $$"""{"name":"Mail","type":"oauth2_authorization_code","data":{{data}}}"""))["id"].AsString;
        var begun = await SendAsync("GET", $"/credentials/{id}/oauth2/authorize");
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await browser.GetAsync(new Uri(begun["url"].AsString!));
        await _server.SendAsync("GET", answer.Headers.Location!.PathAndQuery);
        provider.RevokeAll();
        await RunAsync($$$"""{"id":"end","type":"http_request","parameters":{"url":"{{{provider.Url}}}/api"},"credentials":{"auth":"{{{id}}}"}}""", "error");
    }

    public async Task VariablesAsync()
    {
        var id = (await SendAsync("POST", "/variables", """{"name":"REGION","value":"eu","type":"string","scope":"tenant"}"""))["id"].AsString;
        await SendAsync("PUT", $"/variables/{id}", """{"name":"REGION","value":"us","type":"string","scope":"tenant"}""");
        await SendAsync("DELETE", $"/variables/{id}");
    }

    public async Task SubscriptionsAsync()
    {
        const string to = """{"name":"Shop","url":"http://127.0.0.1:1/","types":["com.example.none"]}""";
        var id = (await SendAsync("POST", "/event-subscriptions", to))["id"].AsString!;
        await SendAsync("PUT", $"/event-subscriptions/{id}", to.Replace("Shop", "Store", StringComparison.Ordinal));
        await SendAsync("POST", $"/event-subscriptions/{id}/rotate", "{}");
        await _server.Services.GetRequiredService<SubscriptionService>().DisableAsync(Tenants.Default, id, "Every delivery has failed.", default);
        await SendAsync("DELETE", $"/event-subscriptions/{id}");
    }

    public async Task DeadLettersAsync()
    {
        await SendAsync("POST", "/events", $$$"""{"type":"{{{EventRecorder.Poison}}}","subject":"s","data":{}}""");
        var first = await LetterAsync("");
        await SendAsync("POST", $"/dead-letters/{first}/requeue");
        await SendAsync("DELETE", $"/dead-letters/{await LetterAsync(first)}");
    }

    /// <summary>Waits until these types have been seen, or nothing more comes.</summary>
    /// <returns>Those that were not.</returns>
    public async Task<IReadOnlyList<string>> MissingAsync(IReadOnlyList<string> types)
    {
        for (var tries = 0; tries < 500 && types.Except(Seen.Select(e => e.Type)).Any(); tries++) await Task.Delay(20);
        return [.. types.Except(Seen.Select(e => e.Type))];
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<string> RunAsync(string node, string until, string settings = "{}")
    {
        var id = await _server.ActivateAsync($$"""{"name":"Runs","nodes":[{"id":"start","type":"start"},{{node}}],"connections":[{"source":"start","target":"end"}],"settings":{{settings}}}""");
        var execution = (await SendAsync("POST", $"/workflows/{id}/execute", "{}"))["executionId"].AsString!;
        await _server.UntilAsync(execution, until);
        return execution;
    }

    private async Task<string> ScheduleAsync(string node, string rule)
    {
        var workflow = await _server.ActivateAsync($$$"""{"name":"Timed","nodes":[{"id":"tick","type":"schedule","parameters":{"cron":"0 0 29 2 *"}},{{{node}}}],"connections":[{"source":"tick","target":"end"}]}""");
        return (await SendAsync("POST", "/schedules", $$"""{"workflowId":"{{workflow}}","everySeconds":60,{{rule}}}"""))["id"].AsString!;
    }

    private async Task TickAsync(string schedule, int seconds)
    {
        _clock.Shift += TimeSpan.FromSeconds(seconds);
        await _server.Services.GetRequiredService<ScheduleFiring>().TickAsync(Tenants.Default, schedule, default);
    }

    private async Task<string> LetterAsync(string otherThan)
    {
        for (var tries = 0; tries < 500; tries++, await Task.Delay(10))
        {
            var letters = await SendAsync("GET", "/dead-letters?reason=POISON&subscriber=recorder");
            if (letters["items"].AsArray is [var letter, ..] && letter["id"].AsString != otherThan) return letter["id"].AsString!;
        }

        throw new TimeoutException("There is no dead letter.");
    }
}
