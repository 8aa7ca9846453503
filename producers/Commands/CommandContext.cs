using Streaming.Avro;
using Streaming.Commands.Snapshots;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Topics;
using Streaming.Domain;

namespace Streaming.Commands;

/// <summary>A context for who does not know its types: a list of contexts, a tool that is told a name.</summary>
public abstract class CommandContext
{
    private protected CommandContext()
    {
    }

    /// <summary>From the catalogue, without the installation's prefix.</summary>
    public required ContextTopics Topics { get; init; }

    /// <summary>The record types on the commands topic and on the events topic. Their schemas are registered when the host starts.</summary>
    public required IReadOnlyList<AvroRecordType> Records { get; init; }

    /// <summary>Its states are written as snapshots.</summary>
    public abstract bool HasSnapshots { get; }

    /// <summary>Hands the context over with its types.</summary>
    public abstract TResult Use<TResult>(ICommandContextUse<TResult> use);
}

/// <summary>Something to be done with a context, whatever its types are.</summary>
public interface ICommandContextUse<out TResult>
{
    TResult With<TCommand, TEvent, TState>(CommandContext<TCommand, TEvent, TState> context)
        where TCommand : class
        where TEvent : class;
}

/// <summary>Everything the processor has to know about a context: its topics, its records, its rules.</summary>
/// <typeparam name="TCommand">What the context's commands have in common.</typeparam>
/// <typeparam name="TEvent">What its events have in common.</typeparam>
/// <typeparam name="TState">What its aggregates decide by.</typeparam>
public sealed class CommandContext<TCommand, TEvent, TState> : CommandContext
    where TCommand : class
    where TEvent : class
{
    public required Decider<TCommand, TEvent, TState> Decider { get; init; }

    /// <summary>What the context's aggregates ask of others; null when they ask nothing.</summary>
    public Process<TCommand, TEvent, TState>? Process { get; init; }

    /// <summary>The contexts that the process asks, from the catalogue or of one's own, without the installation's prefix.</summary>
    public IReadOnlyList<ContextTopics> Asks { get; init; } = [];

    /// <summary>The aggregate that a command is for. Must equal the record's key.</summary>
    public required Func<TCommand, string> AggregateId { get; init; }

    /// <summary>How states become snapshots; null when the context has none, and every restart folds its whole log.</summary>
    public StateFormat<TState>? Snapshots { get; init; }

    /// <summary>Whether nothing can happen to an aggregate any more, so that it may be erased; null when no aggregate ever may.</summary>
    public Func<TState, bool>? IsClosed { get; init; }

    /// <summary>The command with its business time set to when it was recorded, where the caller gave none.</summary>
    public required Func<TCommand, DateTimeOffset, TCommand> Stamp { get; init; }

    /// <summary>When an event happened, for <c>ce_time</c>.</summary>
    public required Func<TEvent, DateTimeOffset> OccurredAt { get; init; }

    /// <summary>Who writes the events, for <c>ce_source</c>: a URI reference.</summary>
    public string Source { get; init; } = "/streaming/command-host";

    public override bool HasSnapshots => Snapshots is not null;

    public override TResult Use<TResult>(ICommandContextUse<TResult> use) => use.With(this);

    /// <summary>All records that the processor writes or reads: the context's own, and those that every context has.</summary>
    internal IEnumerable<AvroRecordType> RecordsOfProcessor =>
    [
        .. Records,
        SnapshotCheckpoint.RecordType,
        EraseAggregate.RecordType,
        AggregateErased.RecordType,
        .. Snapshots is null ? [] : new[] { Snapshots.Record },
    ];

    internal CommandContext<TCommand, TEvent, TState> WithPrefix(string prefix) => new()
    {
        Topics = Topics.WithPrefix(prefix),
        Records = Records,
        Decider = Decider,
        Process = Process,
        Asks = [.. Asks.Select(asked => asked.WithPrefix(prefix))],
        AggregateId = AggregateId,
        Snapshots = Snapshots,
        IsClosed = IsClosed,
        Stamp = Stamp,
        OccurredAt = OccurredAt,
        Source = Source,
    };
}
