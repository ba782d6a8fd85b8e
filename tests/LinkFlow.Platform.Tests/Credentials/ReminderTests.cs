using LinkFlow.Platform.Credentials;
using LinkFlow.Platform.Credentials.Reminders;
using LinkFlow.Platform.Identity;
using LinkFlow.Platform.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace LinkFlow.Platform.Tests.Credentials;

public sealed class ReminderTests : IAsyncLifetime
{
    private const string Due = "linkflow.credential.rotation_due.v1";
    private const string Expiring = "linkflow.credential.expiring.v1";
    private const string Expired = "linkflow.credential.expired.v1";

    private TestPlatform _platform = null!;

    private CredentialReminders Reminders => _platform.Services.GetRequiredService<CredentialReminders>();

    public async Task InitializeAsync() => _platform = await TestPlatform.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Theory]
    // Days since the secrets were set; days until the end; what is so.
    [InlineData(0, null, "")]
    [InlineData(89.9, null, "")]
    [InlineData(90, null, "rotation_due")]
    [InlineData(500, null, "rotation_due")]
    [InlineData(0, 14.1, "")]
    [InlineData(0, 14.0, "expiring:14")]
    [InlineData(0, 3.0, "expiring:3 over expiring:14")]
    [InlineData(0, 0.1, "expiring:3 over expiring:14")]
    [InlineData(0, 0.0, "expired over expiring:3 over expiring:14")]
    [InlineData(0, -9.0, "expired over expiring:3 over expiring:14")]
    [InlineData(91, 2.0, "rotation_due, expiring:3 over expiring:14")]
    public void What_is_due_follows_from_the_age_and_the_end(double age, double? left, string expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var credential = Credential(now.AddDays(-age), left is { } days ? now.AddDays(days) : null);

        var due = ReminderRules.Due(credential, now, rotateAfterDays: 90, noticeDays: [14, 3]);

        Assert.Equal(expected, string.Join(", ", due.Select(d => string.Join(" over ", d.Select(r => r.Key.Split('@')[0])))));
    }

    [Fact]
    public void A_credential_without_secrets_or_with_reminders_off_has_no_age()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);

        Assert.Empty(ReminderRules.Due(Credential(now.AddDays(-900), null) with { SecretSet = [] }, now, 90, []));
        Assert.Empty(ReminderRules.Due(Credential(now.AddDays(-900), null), now, 0, []));
    }

    [Fact]
    public async Task A_reminder_to_rotate_comes_once_per_version_of_the_secrets()
    {
        var id = await CreateAsync();
        await SweepAfterAsync(89.9);
        Assert.Empty(Told());

        await SweepAfterAsync(0.1);
        await SweepAfterAsync(30);
        Assert.Equal([(Due, id)], Told());

        await _platform.PostAsync($"/api/v1/credentials/{id}/rotate", """{"data":{"token":"another-long-token"}}""");
        await SweepAfterAsync(89.9);
        Assert.Single(Told());
        await SweepAfterAsync(0.1);
        Assert.Equal([(Due, id), (Due, id)], Told());
    }

    [Fact]
    public async Task Changing_something_else_reminds_no_second_time()
    {
        var id = await CreateAsync();
        await SweepAfterAsync(91);

        await _platform.SendAsync("PUT", $"/api/v1/credentials/{id}", """{"name":"Renamed","type":"bearer","data":{"token":null}}""");
        await SweepAfterAsync(1);

        Assert.Equal([(Due, id)], Told());
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData("0", null)]
    public async Task A_credential_may_say_itself_when_it_is_old(string rotateAfterDays, int? told)
    {
        await CreateAsync(rotateAfterDays: rotateAfterDays);

        await SweepAfterAsync(29.9);
        Assert.Empty(Told());
        await SweepAfterAsync(100);

        Assert.Equal(told is null ? 0 : 1, Told().Count);
        if (told is { } days) Assert.Equal(days, _platform.Store.Raised[^1].Data["rotateAfterDays"].AsNumber);
    }

    [Fact]
    public async Task Each_threshold_before_the_end_is_told_once_and_then_the_end()
    {
        var id = await CreateAsync(expiresInDays: 20);

        foreach (var days in new[] { 5.9, 0.1, 5, 6, 1, 2, 1 }) await SweepAfterAsync(days);

        Assert.Equal([(Expiring, id), (Expiring, id), (Expired, id)], Told());
        Assert.Equal(["14", "3"], _platform.Store.Raised.Where(e => e.Type == Expiring).Select(e => e.Data["withinDays"].ToString()));
    }

    [Fact]
    public async Task Who_was_away_hears_of_the_nearest_threshold_only()
    {
        var id = await CreateAsync(expiresInDays: 20);

        await SweepAfterAsync(18);
        Assert.Equal([(Expiring, id)], Told());
        await SweepAfterAsync(40);
        await SweepAfterAsync(1);

        Assert.Equal([(Expiring, id), (Expired, id)], Told());
    }

    [Fact]
    public async Task Of_many_hosts_one_tells()
    {
        for (var i = 0; i < 20; i++) await CreateAsync(expiresInDays: 20);
        _platform.Clock.Advance(TimeSpan.FromDays(21));

        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Reminders.SweepAsync(Tenants.Default, CancellationToken.None))));

        Assert.Equal(20, told.Sum());
        Assert.Equal(20, Told().Distinct().Count());
        Assert.Equal(20, Told().Count);
    }

    [Fact]
    public async Task What_could_not_be_written_is_told_later()
    {
        await CreateAsync(expiresInDays: 20);
        _platform.Clock.Advance(TimeSpan.FromDays(21));
        _platform.Store.Fault = new StoreUnavailableException("full", TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Reminders.SweepAsync(Tenants.Default, CancellationToken.None));
        _platform.Store.Fault = null;

        await SweepAfterAsync(0);

        Assert.Single(Told());
    }

    [Fact]
    public async Task The_event_and_the_log_name_the_credential_and_no_secret()
    {
        var id = await CreateAsync(expiresInDays: 20);

        await SweepAfterAsync(100);

        var events = _platform.Store.Raised.Where(e => e.Type is Due or Expired).ToList();
        Assert.All(events, e => Assert.Equal((id, "Shop", "bearer"), (e.Data["credentialId"].AsString, e.Data["name"].AsString, e.Data["type"].AsString)));
        Assert.Contains(_platform.Log.Lines, l => l.Contains("Error", StringComparison.Ordinal) && l.Contains($"'Shop' ({id}) expired", StringComparison.Ordinal));
        Assert.Contains(_platform.Log.Lines, l => l.Contains("more than 90 days ago", StringComparison.Ordinal));
        Assert.DoesNotContain(_platform.Log.Lines, l => l.Contains("a-long-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_told_goes_with_the_credential()
    {
        var id = await CreateAsync(expiresInDays: 20);
        await SweepAfterAsync(21);
        Assert.NotNull(await _platform.Store.GetAsync(Tenants.Default, CredentialReminders.Type, id));

        await _platform.SendAsync("DELETE", $"/api/v1/credentials/{id}");

        Assert.Null(await _platform.Store.GetAsync(Tenants.Default, CredentialReminders.Type, id));
        await SweepAfterAsync(100);
        Assert.Single(Told());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("3651")]
    [InlineData("1.5")]
    [InlineData("\"90\"")]
    public async Task Days_outside_their_bounds_are_refused(string days)
    {
        var answer = await _platform.PostAsync("/api/v1/credentials", $$$"""{"name":"Shop","type":"bearer","data":{"token":"a-long-token"},"rotateAfterDays":{{{days}}}}""");

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Details["/rotateAfterDays"].IsArray, answer.Text);
    }

    private static Credential Credential(DateTimeOffset rotatedAt, DateTimeOffset? expiresAt) => new()
    {
        Id = "c", Name = "n", TypeName = "bearer", Data = new(), SecretSet = ["token"], ExpiresAt = expiresAt,
        CreatedAt = rotatedAt, UpdatedAt = rotatedAt, RotatedAt = rotatedAt, CreatedBy = "owner",
    };

    private async Task<string> CreateAsync(double? expiresInDays = null, string rotateAfterDays = "null")
    {
        var expiresAt = expiresInDays is { } days ? $"\"{_platform.Clock.GetUtcNow().AddDays(days).UtcDateTime:O}\"" : "null";
        var answer = await _platform.PostAsync("/api/v1/credentials", $$$"""{"name":"Shop","type":"bearer","data":{"token":"a-long-token"},"expiresAt":{{{expiresAt}}},"rotateAfterDays":{{{rotateAfterDays}}}}""");
        return answer.Status == 201 ? answer.Body["id"].AsString! : throw new InvalidOperationException(answer.Text);
    }

    private Task SweepAfterAsync(double days)
    {
        _platform.Clock.Advance(TimeSpan.FromDays(days));
        return Reminders.SweepAsync(Tenants.Default, CancellationToken.None);
    }

    private List<(string Type, string Id)> Told() => [.. _platform.Store.Raised.Where(e => e.Type is Due or Expiring or Expired).Select(e => (e.Type, e.Subject))];
}
