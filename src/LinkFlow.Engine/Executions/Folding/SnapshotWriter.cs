using System.Text.Json;

namespace LinkFlow.Engine.Executions.Folding;

internal static class SnapshotWriter
{
    public static void Write(ExecutionState state, Utf8JsonWriter writer) => throw new NotSupportedException(state.ToString() + writer);
}
