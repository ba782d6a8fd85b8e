using LinkFlow.Benchmarks;

// One benchmark by name: dotnet run -c Release --project tests/LinkFlow.Benchmarks -- webhook
var benchmarks = new Dictionary<string, Func<string[], Task>>(StringComparer.Ordinal)
{
    ["webhook"] = WebhookBenchmark.RunAsync,
    ["schedules"] = _ => SchedulesBenchmark.RunAsync(),
    ["events"] = EventsBenchmark.RunAsync,
    ["waiting"] = _ => WaitingExecutionsBenchmark.RunAsync(),
    ["decider"] = _ =>
    {
        DeciderBenchmark.Run();
        return Task.CompletedTask;
    },
    ["credentials"] = CredentialBenchmark.RunAsync,
    ["expressions"] = arguments =>
    {
        ExpressionsBenchmark.Run(arguments);
        return Task.CompletedTask;
    },
    ["linking"] = _ => LinkingBenchmark.RunAsync(),
    ["store"] = StoreBenchmark.RunAsync,
    ["store-http"] = _ => LargeStoreBenchmark.RunAsync(),
    ["baseline"] = Baselines.RunAsync,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"Name a benchmark: {string.Join(", ", benchmarks.Keys.Where(k => k != "baseline"))}.");
    return 1;
}

Console.WriteLine($"{args[0]}: {Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}");
await run(args[1..]);
return 0;
