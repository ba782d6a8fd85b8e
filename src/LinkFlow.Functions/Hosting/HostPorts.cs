using LinkFlow.Platform.Settings;

namespace LinkFlow.Functions.Hosting;

/// <summary>Where the application keeps things.</summary>
public enum HostPorts
{
    /// <summary>Cosmos DB, Blob Storage, Key Vault and Service Bus.</summary>
    Azure,

    /// <summary>Stand-ins in a folder of this machine and in this process, or emulators, for development: one process only.</summary>
    Local,
}

/// <summary>Chooses by the settings, and never guesses: with some of Azure's services named and others not, it refuses.</summary>
public static class PortChoice
{
    /// <summary>What Azure sets on every instance of a Function App.</summary>
    private const string SiteName = "WEBSITE_SITE_NAME";

    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="SettingsException">Some services are named and others are not, or none is and this runs on Azure.</exception>
    public static HostPorts Of(AzureOptions options, Func<string, string?> environment)
    {
        var services = options.Endpoints();
        var missing = services.Where(s => s.Value is null).Select(s => s.Setting).ToList();
        if (missing.Count == 0) return HostPorts.Azure;
        if (missing.Count < services.Count)
        {
            var set = services.Where(s => s.Value is not null).Select(s => $"'{s.Setting}'");
            throw new SettingsException([.. missing.Select(m => $"'{m}' is missing, while {string.Join(" and ", set)} {(missing.Count == services.Count - 1 ? "is" : "are")} set. Set all of them, or none for stand-ins on this machine.")]);
        }

        // An instance's disk goes with the instance, and others do not see it.
        if (environment(SiteName) is { Length: > 0 } site)
            throw new SettingsException([.. missing.Select(m => $"'{m}' is missing, and the stand-ins for development are of no use on Azure, where '{site}' runs.")]);
        if (options.ClientId is not null)
            throw new SettingsException([$"'LinkFlow:Azure:ClientId' is set, and no service that it could be used for: {string.Join(", ", missing)}."]);
        return HostPorts.Local;
    }
}
