using LinkFlow.Local;
using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LinkFlow.Functions.Hosting;

/// <summary>SQLite, files, sealed secrets and a bus within the process in <c>LinkFlow:DataPath</c>, in place of Azure's services, on a developer's machine. Closed after the host has ended.</summary>
internal sealed class LocalStandIns : IDisposable
{
    private readonly DataFolder _folder;
    private readonly ILoggerFactory _logging;
    private readonly SqliteStore _store;
    private readonly LocalSecretStore _secrets;

    private LocalStandIns(DataFolder folder, ILoggerFactory logging, SqliteStore store, LocalSecretStore secrets) =>
        (_folder, _logging, _store, _secrets) = (folder, logging, store, secrets);

    /// <exception cref="DataFolderInUseException">Another process has the folder.</exception>
    /// <exception cref="MasterKeyException">The key of the secrets is missing or does not fit.</exception>
    public static async Task<LocalStandIns> OpenAsync(LinkFlowOptions options)
    {
        // The host's loggers come with the host, which needs these first.
        var logging = LoggerFactory.Create(l => l.AddConsole());
        var folder = await DataFolder.OpenAsync(options.DataPath);
        SqliteStore? store = null;
        try
        {
            store = SqliteStore.Open(folder, LocalServices.StoreLimits(options), TimeProvider.System, logging.CreateLogger<SqliteStore>());
            var secrets = await SecretStart.OpenAsync(folder, store, options.Secrets, TimeProvider.System, logging.CreateLogger<LocalSecretStore>());
            return new LocalStandIns(folder, logging, store, secrets);
        }
        catch
        {
            store?.Dispose();
            folder.Dispose();
            logging.Dispose();
            throw;
        }
    }

    public void AddTo(IServiceCollection services, LinkFlowOptions options)
    {
        services.AddLinkFlowLocalStores(options, _store, _secrets).AddLinkFlowLocalEvents();
        services.AddSingleton(_store.Housekeeping);
    }

    public void Dispose()
    {
        _secrets.Dispose();
        _store.Dispose();
        _folder.Dispose();
        _logging.Dispose();
    }
}
