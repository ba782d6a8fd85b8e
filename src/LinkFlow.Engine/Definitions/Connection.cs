namespace LinkFlow.Engine.Definitions;

/// <summary>An edge of the graph. Source and target are node ids.</summary>
public sealed record Connection(string Source, string Target, string SourceOutput = Connection.Main, string TargetInput = Connection.Main)
{
    /// <summary>The output and input that are meant when none is named.</summary>
    public const string Main = "main";
}
