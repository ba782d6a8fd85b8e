namespace LinkFlow.Platform.Tests.Schedules;

public sealed class ScheduleApiTests
{
    [Fact]
    public async Task A_schedule_is_created_read_listed_changed_and_deleted()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"0 9 * * *\",\"timezone\":\"Europe/Berlin\"");
        var read = await world.Platform.SendAsync("GET", $"/api/v1/schedules/{world.Id}");
        Assert.Equal("\"1\"", read.Header("ETag"));
        Assert.Equal(("api", "tick", true), (read.Body["source"].AsString, read.Body["nodeId"].AsString, read.Body["nextAt"].AsString is not null));
        var saved = await world.Platform.SendAsync("PUT", $"/api/v1/schedules/{world.Id}", $$"""{"workflowId":"{{world.WorkflowId}}","everySeconds":60,"enabled":false}""", null, "If-Match: \"1\"");
        Assert.Equal((200, 60, true), (saved.Status, (int)saved.Body["everySeconds"].AsNumber, saved.Body["nextAt"].IsNull));
        Assert.Equal(412, (await world.Platform.SendAsync("DELETE", $"/api/v1/schedules/{world.Id}", null, null, "If-Match: \"1\"")).Status);
        var disabled = await world.Platform.SendAsync("GET", $"/api/v1/schedules?enabled=false&workflowId={world.WorkflowId}");
        Assert.Equal([world.Id], disabled.Body["items"].AsArray!.Select(s => s["id"].AsString));
        Assert.Equal(204, (await world.Platform.SendAsync("DELETE", $"/api/v1/schedules/{world.Id}")).Status);
        Assert.Equal(404, (await world.Platform.SendAsync("GET", $"/api/v1/schedules/{world.Id}/next")).Status);
    }

    [Theory]
    [InlineData("", "", "needs 'cron', 'everySeconds' or 'at'")]
    [InlineData("\"cron\":\"* * * * *\",\"everySeconds\":5", "/everySeconds", "one of")]
    [InlineData("\"cron\":\"61 * * * *\"", "/cron", "is no cron expression")]
    [InlineData("\"cron\":\"0 0 31 2 *\"", "/cron", "never fires")]
    [InlineData("\"cron\":\"@daily\",\"timezone\":\"Europe/Berlim\"", "/timezone", "Europe/Berlin")]
    [InlineData("\"at\":\"2001-01-01T00:00:00Z\"", "/at", "which is over")]
    [InlineData("\"everySeconds\":0", "/everySeconds", "1 to")]
    [InlineData("\"cron\":\"@daily\",\"misfire\":\"sometimes\"", "/misfire", "runOnce")]
    [InlineData("\"cron\":\"@daily\",\"calendarId\":\"none\"", "/calendarId", "no calendar")]
    [InlineData("\"cron\":\"@daily\",\"nodeId\":\"end\"", "/nodeId", "'tick'")]
    [InlineData("\"cron\":\"@daily\",\"startAt\":\"2030-01-01T00:00:00Z\",\"endAt\":\"2029-01-01T00:00:00Z\"", "/endAt", "before 'startAt'")]
    [InlineData("\"crom\":\"@daily\"", "/crom", "cron")]
    [InlineData("\"cron\":5", "/cron", "a string")]
    public async Task Bad_input_is_refused_with_its_place(string rule, string pointer, string message)
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"@daily\"");
        var answer = await world.Platform.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{world.WorkflowId}}"{{(rule.Length > 0 ? "," : "")}}{{rule}}}""");
        Assert.Equal(400, answer.Status);
        Assert.Contains(message, answer.Body["error"]["details"][pointer].ToString());
    }

    [Fact]
    public async Task The_next_times_are_told_also_while_it_is_disabled()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"0 0 29 2 *\",\"enabled\":false");
        var next = await world.Platform.SendAsync("GET", $"/api/v1/schedules/{world.Id}/next?count=2");
        Assert.Equal(["2028-02-29T00:00:00.000Z", "2032-02-29T00:00:00.000Z"], next.Body["items"].AsArray!.Select(t => t.AsString));
        Assert.Equal(400, (await world.Platform.SendAsync("GET", $"/api/v1/schedules/{world.Id}/next?count=1001")).Status);
    }

    [Fact]
    public async Task A_node_of_an_active_workflow_makes_a_schedule_that_goes_with_it()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"@daily\"");
        var all = (await world.Platform.SendAsync("GET", $"/api/v1/schedules?workflowId={world.WorkflowId}")).Body["items"].AsArray!;
        var nodes = Assert.Single(all, s => s["source"].AsString == "node");
        Assert.Equal("2099-01-01T00:00:00.000Z", nodes["nextAt"].AsString);
        Assert.Equal(409, (await world.Platform.SendAsync("DELETE", $"/api/v1/schedules/{nodes["id"].AsString}")).Status);
        await world.Platform.SendAsync("POST", $"/api/v1/workflows/{world.WorkflowId}/deactivate");
        Assert.Equal(404, (await world.Platform.SendAsync("GET", $"/api/v1/schedules/{nodes["id"].AsString}")).Status);
        Assert.Equal(200, (await world.Platform.SendAsync("GET", $"/api/v1/schedules/{world.Id}")).Status);
    }

    [Fact]
    public async Task A_nodes_schedule_can_be_paused_but_not_changed()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"@daily\"");
        var all = (await world.Platform.SendAsync("GET", $"/api/v1/schedules?workflowId={world.WorkflowId}")).Body["items"].AsArray!;
        var nodes = all.Single(s => s["source"].AsString == "node");
        var path = $"/api/v1/schedules/{nodes["id"].AsString}";
        Assert.Equal(200, (await world.Platform.SendAsync("PUT", path, nodes.ToString().Replace("\"enabled\":true", "\"enabled\":false", StringComparison.Ordinal))).Status);
        Assert.Equal(409, (await world.Platform.SendAsync("PUT", path, $$"""{"workflowId":"{{world.WorkflowId}}","cron":"@hourly"}""")).Status);
    }

    [Fact]
    public async Task A_workflow_with_a_bad_schedule_is_not_activated()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"@daily\"");
        var saved = await world.Platform.SendAsync("POST", "/api/v1/workflows", """{"name":"Bad","nodes":[{"id":"tick","type":"schedule","parameters":{"cron":"0 0 31 2 *"}}],"connections":[]}""");
        var answer = await world.Platform.SendAsync("POST", $"/api/v1/workflows/{saved.Body["id"].AsString}/activate");
        Assert.Equal(400, answer.Status);
        Assert.Contains("never fires", answer.Body["error"]["details"]["/nodes/0/parameters/cron"].ToString());
    }

    [Fact]
    public async Task Schedules_of_one_workflow_within_a_minute_are_conflicts()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"0 12 * * *\"");
        await world.Platform.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{world.WorkflowId}}","cron":"1 12 * * *"}""");
        await world.Platform.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{world.WorkflowId}}","cron":"30 12 * * *"}""");
        var found = await world.Platform.SendAsync("GET", "/api/v1/schedules/conflicts");
        var pair = Assert.Single(found.Body["items"].AsArray!);
        Assert.Contains(world.Id, pair["scheduleIds"].AsArray!.Select(i => i.AsString));
        Assert.Empty((await world.Platform.SendAsync("GET", "/api/v1/schedules/conflicts?window=1")).Body["items"].AsArray!);
    }

    [Fact]
    public async Task Holidays_move_what_is_due_and_a_calendar_in_use_stays()
    {
        await using var world = await ScheduleWorld.StartAsync("\"cron\":\"@daily\"");
        var calendar = await world.Platform.SendAsync("POST", "/api/v1/calendars", """{"name":"Leap","dates":["02-29"]}""");
        var id = calendar.Body["id"].AsString;
        var schedule = await world.Platform.SendAsync("POST", "/api/v1/schedules", $$"""{"workflowId":"{{world.WorkflowId}}","cron":"0 0 29 2 *","calendarId":"{{id}}","onHoliday":"shift"}""");
        Assert.Equal("2028-03-01T00:00:00.000Z", schedule.Body["nextAt"].AsString);
        Assert.Equal(409, (await world.Platform.SendAsync("DELETE", $"/api/v1/calendars/{id}")).Status);
        Assert.Equal(200, (await world.Platform.SendAsync("PUT", $"/api/v1/calendars/{id}", """{"name":"Leap","dates":["2028-02-29","2028-03-01"]}""")).Status);
        var moved = await world.Platform.SendAsync("GET", $"/api/v1/schedules/{schedule.Body["id"].AsString}");
        Assert.Equal("2028-03-02T00:00:00.000Z", moved.Body["nextAt"].AsString);
        Assert.Equal(400, (await world.Platform.SendAsync("POST", "/api/v1/calendars", """{"name":"Bad","dates":["2026-02-30","13-01"]}""")).Status);
    }
}
