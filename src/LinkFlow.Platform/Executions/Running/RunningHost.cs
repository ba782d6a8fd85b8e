using LinkFlow.Engine.Executions;
using LinkFlow.Engine.Expressions;
using LinkFlow.Engine.Nodes;
using LinkFlow.Engine.Values;
using LinkFlow.Platform.Ports;
using LinkFlow.Platform.Variables;

namespace LinkFlow.Platform.Executions.Running;

/// <summary>What a shell lends to the executions that it runs; none of them changes it.</summary>
public record RunningHost
{
    public required TimeProvider Clock { get; init; }
    public required PlannedWorkflows Workflows { get; init; }
    public required IBlobStore Blobs { get; init; }

    /// <summary>Ports lent to nodes.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>What this installation calls itself; every execution records it.</summary>
    public string EnvironmentName { get; init; } = "";

    /// <summary>What one evaluation of an expression may use.</summary>
    public ExpressionLimits Expressions { get; init; } = ExpressionLimits.Default;

    /// <summary>Null: this host has no variables.</summary>
    private VariableSets? Sets => field ??= (VariableSets?)Services.GetService(typeof(VariableSets));

    /// <summary><c>$env</c>.</summary>
    public ObjectValue Environment => field ??= ((ShownEnvironment?)Services.GetService(typeof(ShownEnvironment)))?.Variables ?? Nothing;

    private static readonly ObjectValue Nothing = new(0);

    /// <summary>The variables that an execution of this workflow begins with, to be found again to its end.</summary>
    /// <returns>Null: none of its expressions names one, or it wants to see changes.</returns>
    /// <exception cref="StoreUnavailableException">They could not be stored.</exception>
    public async ValueTask<int?> PinVariablesAsync(string tenant, PlannedWorkflow workflow, CancellationToken cancellationToken) =>
        workflow.UsesVariables && !workflow.Settings.LiveVariables && Sets is { } sets ? (int)(await sets.PinAsync(tenant, cancellationToken)).Version : null;

    /// <summary><c>$vars</c> for a run of an execution: as it began, or as they are now where the workflow wants to see changes.</summary>
    /// <exception cref="NodeException">DATA_MISSING: what it began with is gone.</exception>
    /// <exception cref="StoreUnavailableException">They cannot be read now.</exception>
    public ValueTask<ObjectValue> VariablesAsync(string tenant, PlannedWorkflow workflow, ExecutionStarted started, CancellationToken cancellationToken) =>
        workflow.UsesVariables && Sets is { } sets ? VariablesAsync(sets, tenant, started, cancellationToken) : new(Nothing);

    private static async ValueTask<ObjectValue> VariablesAsync(VariableSets sets, string tenant, ExecutionStarted started, CancellationToken cancellationToken)
    {
        var set = started.VariablesVersion is { } version ? await sets.FindAsync(tenant, version, cancellationToken) : await sets.CurrentAsync(tenant, cancellationToken);
        if (set is null) throw new NodeException(NodeErrorCodes.DataMissing, $"The variables that the execution began with (version {started.VariablesVersion}) are gone.");
        return set.Resolve(started.WorkflowId, started.Environment);
    }

    /// <summary>Unix milliseconds.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
