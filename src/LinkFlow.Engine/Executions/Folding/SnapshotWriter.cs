using System.Collections.Immutable;
using System.Text.Json;
using LinkFlow.Engine.Nodes;

namespace LinkFlow.Engine.Executions.Folding;

/// <summary>
/// Writes where an execution stands, as <see cref="SnapshotReader"/> reads it. What was merely handed out is not in it,
/// and the same history gives the same bytes. Names are short, for a snapshot may be written every few hundred events.
/// </summary>
internal readonly struct SnapshotWriter(Utf8JsonWriter writer)
{
    /// <summary>The form that is written; older ones are read for ever.</summary>
    public const int Format = 1;

    public void Write(ExecutionState state)
    {
        writer.WriteStartObject();
        writer.WriteNumber("format"u8, Format);
        writer.WriteNumber("seq"u8, state.LastSeq);
        writer.WriteNumber("at"u8, state.LastAt);
        writer.WritePropertyName("started"u8);
        ExecutionEventJson.Write(writer, state.Started);
        Number("nodesRun"u8, state.NodesRun);
        Number("bytes"u8, state.PayloadBytes);
        Error("error"u8, state.Error);
        if (state.ResponseSeq != 0)
        {
            writer.WriteNumber("response"u8, state.ResponseSeq);
            Parts("responseParts"u8, state.ResponseParts, "main");
        }

        Commands(state);
        Compensations(state);
        writer.WriteStartArray("nodes"u8);
        foreach (var node in state.Nodes) Node(state, node);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Commands(ExecutionState state)
    {
        Flag("paused"u8, state.IsPaused);
        Flag("wasPaused"u8, state.WasPaused);
        Array("due"u8, state.DueTimers, static (w, timer) => w.WriteStringValue(timer));
        Array("seen"u8, state.SeenIds.InOrder, static (w, id) => w.WriteStringValue(id));
        Array("awaited"u8, state.AwaitedChildren, static (w, id) => w.WriteStringValue(id));
        Array("held"u8, state.HeldLoops, static (w, loop) => w.WriteNumberValue(loop));
        Array("signals"u8, state.Signals.Kept, static (w, kept) =>
        {
            w.WriteStartArray();
            w.WriteStringValue(kept.Name);
            w.WriteNumberValue(kept.Signal.Seq);
            w.WriteNumberValue(kept.Signal.Count);
            w.WriteBooleanValue(kept.Signal.IsApproved);
            w.WriteEndArray();
        });
        if (state.Stop is { } stop)
        {
            writer.WriteString("stop"u8, stop.Status.Word());
            Flag("compensates"u8, stop.Compensates);
        }

        if (state.Finish is not { } finish) return;
        writer.WritePropertyName("finish"u8);
        ExecutionEventJson.Write(writer, finish);
    }

    private void Compensations(ExecutionState state)
    {
        var (log, self) = (state.Compensations, this);
        Number("storingRuns"u8, log.Reserved);
        Array("storedRuns"u8, log.Stored, static (w, seq) => w.WriteNumberValue(seq));
        Array("runs"u8, log.Runs, (_, run) => self.Compensable(state, run));
        Number("failedCompensations"u8, state.FailedCompensations);
        Array("compensationErrors"u8, state.CompensationErrors, (_, error) => self.Error(error));
    }

    private void Compensable(ExecutionState state, CompensableRun run)
    {
        var self = this;
        writer.WriteStartObject();
        writer.WriteNumber("n"u8, state.Node(run.Node).Index);
        writer.WriteNumber("r"u8, run.Run);
        Parts("o"u8, run.Output, "main");
        Array("s"u8, run.Seen, (_, seen) => self.Seen(state.Node(seen.Key.Node), seen));
        writer.WriteEndObject();
    }

    private void Seen(NodeProgress node, VisibleRun seen)
    {
        var self = this;
        writer.WriteStartObject();
        writer.WriteNumber("n"u8, node.Index);
        writer.WriteNumber("r"u8, seen.Key.Run);
        Outputs(node, seen.Outputs);
        Array("i"u8, seen.Inputs, (w, input) =>
        {
            w.WriteStartArray();
            w.WriteStringValue(input.Input);
            foreach (var source in input.Sources) self.Source(source);
            w.WriteEndArray();
        });
        writer.WriteEndObject();
    }

    private void Source(InputSource source)
    {
        writer.WriteStringValue(source.Node);
        writer.WriteStringValue(source.Output);
        writer.WriteNumberValue(source.Run);
        writer.WriteNumberValue(source.Count);
    }

    /// <summary>A node that nothing has come to yet is <c>null</c>.</summary>
    private void Node(ExecutionState state, NodeProgress node)
    {
        var run = IsFact(node.Active) ? node.Active : null;
        if (node.Runs == 0 && run is null && !node.Delivered && node.Unsettled == node.Node.Incoming.Length)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        Number("r"u8, node.Runs);
        Number("u"u8, node.Unsettled);
        Flag("d"u8, node.Delivered);
        if (node.Last is { } last)
        {
            writer.WritePropertyName("l"u8);
            Settled(node, last);
        }

        if (node.Before.Any(b => b is not null))
        {
            writer.WriteStartArray("b"u8);
            foreach (var before in node.Before) Settled(node, before);
            writer.WriteEndArray();
        }

        if (run is not null) Active(run);
        if (node.Loop is { } loop) Loop(node, loop);
        if (node.Sunk is { Count: > 0 } sunk) List("k"u8, sunk);
        writer.WriteEndObject();
    }

    /// <summary>A compensation that was only made ready is derived anew.</summary>
    private static bool IsFact(ActiveRun? run) =>
        run is not null && (run.Undoes is null || run.IsRecorded || run.Attempt > 1 || run.Phase != RunPhase.Ready || run.StartedAt is not null);

    private void Settled(NodeProgress node, SettledRun? run)
    {
        if (run is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteNumber("n"u8, run.Ordinal);
        if (run.Status != RunStatus.Success) writer.WriteString("s"u8, run.Status.Word());
        Outputs(node, run.Outputs);
        if (run.Sources.Length > 0)
        {
            writer.WriteStartArray("i"u8);
            foreach (var source in run.Sources)
            {
                writer.WriteNumberValue(source.Connection);
                writer.WriteNumberValue(source.Run);
                writer.WriteNumberValue(source.Count);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void Outputs(NodeProgress node, ImmutableArray<ImmutableArray<DataPart>> outputs)
    {
        if (outputs.IsEmpty) return;
        writer.WriteStartArray("o"u8);
        for (var i = 0; i < outputs.Length; i++) Parts(outputs[i], node.Node.Outputs[i]);
        writer.WriteEndArray();
    }

    private void Active(ActiveRun run)
    {
        writer.WriteStartObject("a"u8);
        writer.WriteNumber("at"u8, run.ReleasedAt);
        if (run.Attempt != 1) writer.WriteNumber("attempt"u8, run.Attempt);
        Number("phase"u8, (int)run.Phase);
        Flag("undoes"u8, run.Undoes is not null);
        if (run.IsRecorded) writer.WriteNumber("attemptAt"u8, run.AttemptAt);
        Number("recoveries"u8, run.Recoveries);
        if (run.StartedAt is { } startedAt) writer.WriteNumber("startedAt"u8, startedAt);
        if (!run.Pending.IsDefault) Ranges(run.Pending);
        Array("earlier"u8, run.EarlierAttempts, static (w, seq) => w.WriteNumberValue(seq));
        if (run.Phase == RunPhase.Delayed) writer.WriteNumber("retryAt"u8, run.RetryAt);
        if (run.FailWith is { } fail) Failure(fail);
        if (run is { Phase: RunPhase.Resting, Wait: { } wait }) Wait(wait);
        if (run.Children is { } children) Children(children);
        writer.WriteEndObject();
    }

    /// <summary>Neighbouring items as first and last.</summary>
    private void Ranges(ImmutableArray<int> items)
    {
        writer.WriteStartArray("pending"u8);
        for (var i = 0; i < items.Length; i++)
        {
            writer.WriteNumberValue(items[i]);
            while (i + 1 < items.Length && items[i + 1] == items[i] + 1) i++;
            writer.WriteNumberValue(items[i]);
        }

        writer.WriteEndArray();
    }

    private void Failure(NodeError error)
    {
        writer.WriteStartObject("failWith"u8);
        writer.WriteString("code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
        writer.WriteEndObject();
    }

    private void Wait(WaitProgress wait)
    {
        writer.WriteStartObject("wait"u8);
        writer.WriteNumber("since"u8, wait.Since);
        writer.WriteString("for"u8, wait.For);
        if (wait.DueAt is { } due) writer.WriteNumber("due"u8, due);
        if (wait.Signal is { } signal) writer.WriteString("signal"u8, signal);
        if (wait.TimeoutAt is { } timeout) writer.WriteNumber("timeout"u8, timeout);
        writer.WriteString("then"u8, wait.OnTimeout);
        writer.WriteEndObject();
    }

    private void Children(ChildrenProgress children)
    {
        writer.WriteStartObject("children"u8);
        Flag("wait"u8, children.Wait);
        writer.WriteNumber("most"u8, children.MaxParallel);
        Flag("off"u8, children.IsCallingOff);
        writer.WriteStartArray("all"u8);
        for (var i = 0; i < children.Children.Length; i++)
        {
            var (child, outcome) = (children.Children[i], children.Outcome(i));
            writer.WriteStartObject();
            writer.WriteString("id"u8, child.ExecutionId);
            writer.WriteString("of"u8, child.WorkflowId);
            writer.WriteNumber("owner"u8, child.Owner);
            Flag("started"u8, children.IsStarted(i));
            if (outcome is not null)
            {
                writer.WriteNumber("end"u8, outcome.Seq);
                Flag("ok"u8, outcome.Succeeded);
                Number("count"u8, outcome.Count);
                Error("error"u8, outcome.Error);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Loop(NodeProgress node, LoopProgress loop)
    {
        writer.WriteStartObject("o"u8);
        writer.WriteNumber("size"u8, loop.BatchSize);
        writer.WriteNumber("round"u8, loop.Round);
        Parts("batch"u8, loop.Batch, "main");
        Number("open"u8, loop.OpenMembers);
        Flag("ending"u8, loop.IsEnding);
        writer.WriteStartArray("next"u8);
        writer.WriteNumberValue(loop.Next.Part);
        writer.WriteNumberValue(loop.Next.Item);
        writer.WriteEndArray();
        if (loop.Results.Count > 0) List("results"u8, loop.Results);
        writer.WriteEndObject();
    }

    private void List(ReadOnlySpan<byte> name, PartList list)
    {
        writer.WriteStartArray(name);
        foreach (var level in list.Levels)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(level.Reserved);
            foreach (var part in level.Parts) Part(part, "main");
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private void Parts(ReadOnlySpan<byte> name, ImmutableArray<DataPart> parts, string usual)
    {
        writer.WritePropertyName(name);
        Parts(parts, usual);
    }

    private void Parts(ImmutableArray<DataPart> parts, string usual)
    {
        writer.WriteStartArray();
        foreach (var part in parts) Part(part, usual);
        writer.WriteEndArray();
    }

    /// <summary>Seq, count, offset, output, by; the last three only where they are not 0 and the usual one.</summary>
    private void Part(DataPart part, string usual)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(part.Seq);
        writer.WriteNumberValue(part.Count);
        var isUsual = part.Output == usual;
        if (part.Offset != 0 || !isUsual || part.By != 0) writer.WriteNumberValue(part.Offset);
        if (!isUsual || part.By != 0) writer.WriteStringValue(part.Output);
        if (part.By != 0) writer.WriteNumberValue(part.By);
        writer.WriteEndArray();
    }

    private void Error(ReadOnlySpan<byte> name, ExecutionError? error)
    {
        if (error is null) return;
        writer.WritePropertyName(name);
        Error(error);
    }

    private void Error(ExecutionError error)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("code"u8, error.Code);
        if (error.NodeId is { } node) writer.WriteString("node"u8, node);
        Number("attempt"u8, error.Attempt);
        writer.WriteEndObject();
    }

    private void Number(ReadOnlySpan<byte> name, long value)
    {
        if (value != 0) writer.WriteNumber(name, value);
    }

    private void Flag(ReadOnlySpan<byte> name, bool value)
    {
        if (value) writer.WriteBoolean(name, true);
    }

    private void Array<T>(ReadOnlySpan<byte> name, IEnumerable<T> elements, Action<Utf8JsonWriter, T> write)
    {
        var isOpen = false;
        foreach (var element in elements)
        {
            if (!isOpen) writer.WriteStartArray(name);
            isOpen = true;
            write(writer, element);
        }

        if (isOpen) writer.WriteEndArray();
    }
}
