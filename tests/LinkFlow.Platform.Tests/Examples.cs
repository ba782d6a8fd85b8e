namespace LinkFlow.Platform.Tests;

/// <summary>Workflows that tests save.</summary>
public static class Examples
{
    public const string Minimal = """{"name":"Minimal","nodes":[{"id":"start","type":"start"}]}""";

    public static string Webhook(string path, string mode = "respondNode", string method = "POST", string name = "Hook") => $$$"""
        {"name":"{{{name}}}","nodes":[
          {"id":"hook","type":"webhook","parameters":{"path":"{{{path}}}","method":"{{{method}}}","responseMode":"{{{mode}}}"}},
          {"id":"answer","type":"respond"}],
         "connections":[{"source":"hook","target":"answer"}]}
        """;
}
