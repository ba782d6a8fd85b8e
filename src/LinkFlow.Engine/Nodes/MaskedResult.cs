namespace LinkFlow.Engine.Nodes;

/// <summary>What an attempt came to, with the secrets that it opened hidden in everything that leaves it.</summary>
internal static class MaskedResult
{
    public static NodeResult Of(NodeResult result, SecretMask mask)
    {
        var masked = new NodeResult(result.Items.Count) { Directive = Of(result.Directive, mask), Response = mask.Apply(result.Response) };
        foreach (var (output, item, owner) in result.Items)
            // What a failed item put out before does not count, and may be nested too deep to be looked through.
            if (!result.Failures.ContainsKey(owner)) masked.Emit(output, mask.Apply(item), owner);
        foreach (var (item, error) in result.Failures) masked.Fail(item, mask.Apply(error));
        return masked;
    }

    private static NodeDirective? Of(NodeDirective? directive, SecretMask mask) => directive is WaitDirective wait
        ? wait with { Signal = wait.Signal is null ? null : mask.Apply(wait.Signal), Approvers = [.. wait.Approvers.Select(mask.Apply)] }
        : directive;
}
