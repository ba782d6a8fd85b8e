using LinkFlow.Local.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LinkFlow.Benchmarks;

/// <summary>The servers that the webhook benchmark compares with; each runs in a process of its own.</summary>
internal static class Baselines
{
    private static readonly Sql InsertRow = new("INSERT INTO baseline(body) VALUES(?1)");

    /// <param name="arguments"><c>empty</c> or <c>row</c>, the data folder, the port.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{arguments[2]}");
        await using var app = builder.Build();
        if (arguments[0] == "empty")
        {
            app.Run(context => context.Response.WriteAsync("{}"));
            await app.RunAsync();
            return;
        }

        using var folder = await DataFolder.OpenAsync(arguments[1]);
        using var store = SqliteStore.Open(folder, new StoreOptions(), TimeProvider.System, NullLogger.Instance);
        await store.Writer.WriteAsync(session =>
        {
            session.Execute("CREATE TABLE IF NOT EXISTS baseline(number INTEGER PRIMARY KEY, body BLOB NOT NULL)");
            return true;
        });
        app.Run(context => CommitRowAsync(context, store.Writer));
        await app.RunAsync();
    }

    private static async Task CommitRowAsync(HttpContext context, SqliteWriter writer)
    {
        var body = new byte[context.Request.ContentLength ?? 0];
        await context.Request.Body.ReadExactlyAsync(body);
        await writer.WriteAsync(session =>
        {
            session.Prepare(InsertRow).Bind(1, body).Run();
            return true;
        });
        await context.Response.WriteAsync("{}");
    }
}
