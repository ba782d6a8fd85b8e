using LinkFlow.Local.Secrets;
using LinkFlow.Local.Sqlite;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Settings;
using LinkFlow.Server;

var builder = WebApplication.CreateSlimBuilder(args);
try
{
    var options = SettingsReader.Read(builder.Configuration);
    return await SelfHost.RunAsync(builder, options);
}
catch (Exception e) when (e is SettingsException or DataFolderInUseException or MasterKeyException or StoreDamagedException or StoreUnavailableException or IOException or UnauthorizedAccessException)
{
    // What a person must put right: said plainly, without a stack trace.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

/// <summary>Named for the tests' host.</summary>
public sealed partial class Program;
