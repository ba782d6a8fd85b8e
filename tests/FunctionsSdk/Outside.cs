/// <summary>What a declaration answers where the package would talk to Azure or to the Functions host.</summary>
internal static class Outside
{
    public static NotSupportedException Functions()
        => new("This is a declaration of the SDK and talks to nothing. Override the member in the test's host, or run with -p:FunctionsSdk=packages.");
}
