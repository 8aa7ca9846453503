using Streaming.Benchmarks;
using Streaming.Benchmarks.Avro;

// One file per benchmark; make bench runs them by name.
Dictionary<string, Func<string[], Task>> benchmarks = new()
{
    ["avro"] = _ => AvroBenchmark.RunAsync(),
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"Which benchmark? One of: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

Machine.Print();
await run(args[1..]);
return 0;
