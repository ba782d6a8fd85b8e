namespace LinkFlow.Engine.Plans;

/// <summary>Collects what the rules find, at most <see cref="Most"/> of each kind.</summary>
internal sealed class Findings
{
    public const int Most = 500;

    private readonly List<PlanError> _errors = [];
    private readonly List<PlanError> _warnings = [];

    public Guesses Guesses { get; } = new();
    public IReadOnlyList<PlanError> Errors => _errors;
    public IReadOnlyList<PlanError> Warnings => _warnings;

    public void Error(string code, string message, string? node, string pointer) => Add(_errors, new(code, message, node, pointer));
    public void Warn(string code, string message, string? node, string pointer) => Add(_warnings, new(code, message, node, pointer));

    public void AddErrors(IEnumerable<PlanError> errors)
    {
        foreach (var error in errors) Add(_errors, error);
    }

    private static void Add(List<PlanError> list, PlanError error)
    {
        if (list.Count < Most) list.Add(error);
    }
}
