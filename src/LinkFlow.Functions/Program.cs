using LinkFlow.Functions.Hosting;
using LinkFlow.Platform.Settings;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    var options = SettingsReader.Read(builder.Configuration);
    return await FunctionApp.RunAsync(builder, options);
}
catch (SettingsException e)
{
    // What a person must put right: said plainly, without a stack trace.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
