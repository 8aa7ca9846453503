using System.Globalization;
using Streaming.Benchmarks;
using Streaming.Benchmarks.Avro;
using Streaming.Benchmarks.Brokers;
using Streaming.Benchmarks.Commands;
using Streaming.Benchmarks.Elastic;
using Streaming.Benchmarks.Lake;
using Streaming.Benchmarks.Restoring;
using Streaming.Benchmarks.Search;
using Streaming.Benchmarks.Serdes;
using Streaming.Benchmarks.Sql;
using Streaming.Benchmarks.Visibility;

// One file per benchmark; make bench runs them by name.
Dictionary<string, Func<string[], Task>> benchmarks = new()
{
    ["avro"] = _ => AvroBenchmark.RunAsync(),
    ["serdes"] = _ => SerdesBenchmark.RunAsync(),
    ["broker"] = async options =>
    {
        await StartBenchmark.RunAsync();
        await BrokerBenchmark.RunAsync(recordCount: Number(options, 2_000_000));
    },
    ["compaction"] = options => CompactionBenchmark.RunAsync(recordCount: Number(options, 1_000_000)),
    ["commands"] = options => CommandBenchmark.RunAsync(commandCount: Number(options, 500_000)),
    ["restore"] = options => RestoreBenchmark.RunAsync(aggregateCount: Number(options, 1_000_000)),
    ["sql"] = async options =>
    {
        await PlainUpsertBenchmark.RunAsync(keyCount: Number(options, 500_000) / 5);
        await SqlSinkBenchmark.RunAsync(eventCount: Number(options, 500_000));
    },
    ["proof"] = options => ProofBenchmark.RunAsync(eventCount: Number(options, 500_000)),
    ["search"] = options => SearchBenchmark.RunAsync(documentCount: Number(options, 1_000_000)),
    ["elastic"] = options => ElasticSinkBenchmark.RunAsync(eventCount: Number(options, 300_000)),
    ["lake"] = options => LakeBenchmark.RunAsync(eventCount: Number(options, 1_000_000)),
    ["visibility"] = options => VisibilityBenchmark.RunAsync(perSecond: Number(options, 200)),
    ["http"] = options => HttpBenchmark.RunAsync(options.Length > 0 ? [Number(options, 0)] : [500, 2_000]),
    ["transactions"] = _ => TransactionBenchmark.RunAsync(),
    ["deciders"] = _ => DeciderBenchmark.RunAsync(),
    ["failover"] = _ => FailoverBenchmark.RunAsync(),
};

if (args is [RawLoop.Argument, var bootstrapServers, var registryUrl, var prefix])
{
    await RawLoop.RunAsync(bootstrapServers, registryUrl, prefix);
    return 0;
}

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"Which benchmark? One of: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

Machine.Print();
await run(args[1..]);
return 0;

static int Number(string[] options, int otherwise) => options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : otherwise;
