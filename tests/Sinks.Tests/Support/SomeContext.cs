using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Sinks.Health;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Tests.Support;

/// <summary>What a partition's worker needs, all of it in memory.</summary>
internal sealed class SomeContext
{
    /// <summary>How long the group's word counts.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    public CollectingSink Sink { get; init; } = new();
    public MemoryErasures Erasures { get; } = new();
    public MemoryDeadLetters DeadLetters { get; init; } = new();
    public MemoryControl Control { get; } = new();
    public MemoryLog? Log { get; init; }
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public SinkOptions Options { get; } = new()
    {
        BatchEventsMax = 10, BatchLingerMs = 0, RetryDelayMs = 1, RetryDelayMaxMs = 5, GroupCommitIntervalMs = 0, PermanentFailureRetriesMax = 2, DrainMs = 30_000,
        ControlPollMs = 10,
    };

    public PartitionWorker Start(FakeFeed feed)
    {
        var worker = Create(feed);
        worker.Start();
        return worker;
    }

    public PartitionWorker Create(FakeFeed feed) =>
        new(Connect(), feed, new PartitionStatus(SomeRecords.Topic, SomeRecords.Partition, new PartitionProgress(Time)));

    /// <summary>What the workers of one host share.</summary>
    public WorkerContext Connect()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new WorkerContext
        {
            Sink = Sink,
            Decoder = new SomeRecords(),
            Erasures = Erasures,
            DeadLetters = DeadLetters.Connect(),
            Control = Control,
            Log = Log,
            Options = Options,
            Metrics = new SinkMetrics(meters, new SinkStatus(), Sink),
            Writers = new SemaphoreSlim(1),
            Circuit = RetryPolicy.CreateCircuit(Sink, Time),
            Lease = Lease,
            Time = Time,
            Logger = NullLogger.Instance,
        };
    }
}
