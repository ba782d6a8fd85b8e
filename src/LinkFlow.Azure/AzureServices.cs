namespace LinkFlow.Azure;

/// <summary>Puts the ports of a host on Azure into its services.</summary>
public static class AzureServices;
