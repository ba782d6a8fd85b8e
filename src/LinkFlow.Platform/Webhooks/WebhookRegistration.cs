using System.Security.Cryptography;
using System.Text;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Webhooks;

/// <summary>One path and method that an active workflow answers. Its id is made of both, so that the store itself keeps two workflows from one address.</summary>
public sealed record WebhookRegistration(string Path, string Method, string WorkflowId, string NodeId, DateTimeOffset CreatedAt)
{
    public static readonly DocumentType Type = new("webhook-registration", "workflowId");

    /// <summary>The same for paths that the same requests would match: names of captures do not count.</summary>
    public string Id => IdOf(Path, Method);

    /// <summary>The same for all methods at one path: 32 hexadecimal digits.</summary>
    public string PathId => Hash(ShapeOf(Path))[..32];

    public static string IdOf(string path, string method) => Hash($"{method} {ShapeOf(path)}");

    public void Put(UnitOfWork work, long? expected) =>
        work.Put(Type, Id, Show(), new Dictionary<string, string> { ["workflowId"] = WorkflowId }, expected);

    public ObjectValue Show() => new()
    {
        { "path", Path }, { "method", Method }, { "workflowId", WorkflowId }, { "nodeId", NodeId }, { "createdAt", Rfc3339.Write(CreatedAt) },
    };

    /// <summary>What events say of it.</summary>
    public ObjectValue Told() => new(4) { { "workflowId", WorkflowId }, { "nodeId", NodeId }, { "method", Method }, { "path", Path } };

    public static WebhookRegistration FromDocument(Value body) => new(
        body["path"].AsString!, body["method"].AsString!, body["workflowId"].AsString!, body["nodeId"].AsString!,
        Rfc3339.TryParse(body["createdAt"].AsString!, out var time) ? time : default);

    private static string ShapeOf(string path) => string.Join('/', path.Split('/').Select(s => s.StartsWith(':') ? ":" : s));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
