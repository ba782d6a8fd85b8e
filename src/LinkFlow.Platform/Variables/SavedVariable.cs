using System.Globalization;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Http;
using LinkFlow.Platform.Ports;

namespace LinkFlow.Platform.Variables;

/// <summary>One saved version of a variable; never changes.</summary>
/// <param name="SavedBy">Who saved it.</param>
public sealed record SavedVariable(Variable Variable, string SavedBy)
{
    public static readonly DocumentType Type = new("variable-version", "variableId");

    /// <summary>Sorts by variable, then by version.</summary>
    public static string IdOf(string variableId, int version) => string.Create(CultureInfo.InvariantCulture, $"{variableId}.{version:D10}");

    public void Put(UnitOfWork work) => work.Put(
        Type, IdOf(Variable.Id, Variable.Version), Variable.ToDocument().Set("savedBy", SavedBy),
        new Dictionary<string, string> { ["variableId"] = Variable.Id }, expected: 0);

    public ObjectValue Show() => Variable.Show().Set("savedBy", SavedBy);

    /// <summary>For lists: everything but the values.</summary>
    public ObjectValue Summary() => new(6)
    {
        { "id", Variable.Id }, { "version", Variable.Version }, { "name", Variable.Name }, { "type", Variable.ValueType },
        { "updatedAt", Rfc3339.Write(Variable.UpdatedAt) }, { "savedBy", SavedBy },
    };

    public static SavedVariable FromDocument(Value body) => new(Variable.FromDocument(body), body["savedBy"].AsString!);
}
