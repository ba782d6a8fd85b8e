using System.ComponentModel;
using System.Diagnostics;
using LinkFlow.Engine.Values;

namespace LinkFlow.Benchmarks;

/// <summary>A Node.js process that evaluates the same expressions over the same items.</summary>
internal sealed class ExpressionNode : IDisposable
{
    private readonly Process _process;

    private ExpressionNode(Process process) => _process = process;

    /// <returns>Null where there is no Node.js.</returns>
    public static ExpressionNode? TryStart()
    {
        try
        {
            var start = new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "expressions.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            return new ExpressionNode(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <param name="items">A file with an item's JSON on each line.</param>
    public void Prepare(string name, string expression, string items) =>
        Ask(new ObjectValue { { "name", name }, { "expression", expression }, { "items", items } });

    /// <returns>Processor nanoseconds of one evaluation.</returns>
    public double Measure(string name, int milliseconds)
    {
        var answer = Ask(new ObjectValue { { "name", name }, { "milliseconds", milliseconds } });
        return answer["nanoseconds"].AsNumber / answer["evaluations"].AsNumber;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private Value Ask(ObjectValue question)
    {
        _process.StandardInput.WriteLine(JsonText.Write(question));
        return JsonText.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Node.js has ended."));
    }
}
