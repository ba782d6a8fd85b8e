using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Nodes.Parameters;

namespace LinkFlow.Nodes.Files;

/// <summary>
/// Finds the file that a parameter means. Only what the node's items carry in <c>binary</c> counts: an id in someone's JSON is data,
/// and opens nothing.
/// </summary>
internal static class ItemFiles
{
    /// <summary>The file that is meant when a parameter names none, where an item has several.</summary>
    private const string Usual = "data";

    /// <summary>True for the form that <c>$binary.name</c> has.</summary>
    public static bool IsReference(Value value) => value.AsObject is not null && value["fileId"].IsString;

    /// <summary>The file that a value of a parameter stands for: <c>{{ $binary.photo }}</c>.</summary>
    /// <exception cref="NodeException">PARAMETER_INVALID: none of the items carries it.</exception>
    public static BinaryReference Find(NodeContext context, string parameter, Value value)
    {
        if (value["fileId"].AsString is not { } id) throw ParameterReading.Invalid(context, parameter, "must be a file of an item, like {{ $binary.data }}", value);
        foreach (var items in context.Inputs)
            foreach (var item in items)
                foreach (var (_, file) in item.Binary ?? Nothing)
                    if (file.FileId == id) return file;
        throw new NodeException(NodeErrorCodes.ParameterInvalid, $"'{parameter}' in '{context.Node.Id}' means a file that none of the node's items carries in its binary. Let the items bring it along.");
    }

    /// <summary>The item's only file, or its file <c>data</c>.</summary>
    /// <exception cref="NodeException">PARAMETER_INVALID: it has none, or several and none of that name.</exception>
    public static BinaryReference Only(NodeContext context, int item, string parameter)
    {
        var files = item < context.Items.Count ? context.Items[item].Binary ?? Nothing : Nothing;
        if (files.TryGetValue(Usual, out var usual)) return usual;
        if (files.Count == 1) return files.First().Value;
        throw new NodeException(NodeErrorCodes.ParameterInvalid, files.Count == 0
            ? $"'{context.Node.Id}' is to send a file, and its item carries none in its binary."
            : $"'{context.Node.Id}' is to send a file, and its item carries {string.Join(", ", files.Keys)}: say which with '{parameter}': \"{{{{ $binary.{files.Keys.First()} }}}}\".");
    }

    private static readonly Dictionary<string, BinaryReference> Nothing = [];
}
