using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Files;

/// <summary>Leads from an execution to a file that another one made, and that it goes on with.</summary>
internal static class FileLink
{
    public static readonly DocumentType Type = new("file-link");

    public static string IdOf(string executionId, string fileId) => $"{executionId}/{fileId}";

    public static void Put(UnitOfWork work, string executionId, string fileId) => work.Put(Type, IdOf(executionId, fileId), new ObjectValue(1) { { "fileId", fileId } });

    public static string FileOf(Value body) => body["fileId"].AsString!;

    /// <summary>All of an execution. The character behind the slash ends the range.</summary>
    public static DocumentQuery Of(string tenant, string executionId) => new(tenant, Type) { FromId = $"{executionId}/", BeforeId = $"{executionId}0" };
}
