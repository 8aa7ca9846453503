using Microsoft.Extensions.Logging;
using Streaming.Contracts.Control;
using Streaming.Sinks.DeadLetters;
using Streaming.Sinks.Events;

namespace Streaming.Sinks;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink} reads {Topics} as group {Group}")]
    public static partial void Starting(this ILogger logger, string sink, string topics, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink} is not ready yet, trying again in {DelayMs} ms: {Reason}")]
    public static partial void NotReady(this ILogger logger, Exception cause, string sink, long delayMs, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Sink} is being built beside what readers see, and failed; trying again in {DelayMs} ms: {Reason}")]
    public static partial void GenerationFailed(this ILogger logger, Exception cause, string sink, long delayMs, string reason);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Sink} goes on with {Topic}-{Partition}@{Offset}, epoch {Epoch}, fence {Fence}, mode {Mode}; the log ends at {LogEnd}")]
    public static partial void Resumed(
        this ILogger logger, string sink, string topic, int partition, long offset, int epoch, long fence, string mode, long logEnd);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Sink}: the group was reset to {Topic}-{Partition}@{Offset} from {FromOffset}; everything from there on is derived again, epoch {Epoch}")]
    public static partial void Replaying(this ILogger logger, string sink, string topic, int partition, long offset, long fromOffset, int epoch);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Sink}: {Topic}-{Partition} goes on at @{Offset}, as confirmed; the events from @{FromOffset} on to there are left out")]
    public static partial void Skipping(this ILogger logger, string sink, string topic, int partition, long offset, long fromOffset);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Sink} waits at {Topic}-{Partition}@{Offset}: {Reason}")]
    public static partial void AwaitingAnswer(this ILogger logger, string sink, string topic, int partition, long offset, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink} leaves out {Count} erased aggregates of {Topic}-{Partition}")]
    public static partial void Erased(this ILogger logger, string sink, string topic, int partition, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink} goes on in mode {Mode} at {Topic}-{Partition}@{Offset}")]
    public static partial void ModeChanged(this ILogger logger, string sink, string topic, int partition, long offset, SinkMode mode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink}: dead letter {Topic}-{Partition}@{Offset} is {State}: {Reason}")]
    public static partial void DeadLetter(this ILogger logger, string sink, string topic, int partition, long offset, DeadLetterState state, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink}, asked by {By} ({Request}): {Topic}-{Partition}@{Offset}: {Message}")]
    public static partial void Asked(this ILogger logger, string sink, string by, string request, string topic, int partition, long offset, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink}, asked by {By} ({Request}): {Kind}: {Message}")]
    public static partial void AskedOfGenerations(this ILogger logger, string sink, string by, string request, SinkRequestKind kind, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink}: {Kind} ({Request}) cannot be done now, and is tried again: {Reason}")]
    public static partial void RequestDelayed(this ILogger logger, Exception cause, string sink, SinkRequestKind kind, string request, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink}: generation {Generation} is dropped when no host runs it any more (group {Group})")]
    public static partial void DropWaits(this ILogger logger, string sink, int generation, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink} stands still at {Topic}-{Partition}@{Offset}: paused by {By}")]
    public static partial void StandsStill(this ILogger logger, string sink, string topic, int partition, long offset, string by);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic} cannot be read now: {Reason}")]
    public static partial void ControlTroubled(this ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Topic}-{Partition}@{Offset} is not what its key says, and is passed over")]
    public static partial void ControlUnreadable(this ILogger logger, Exception cause, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink} retries {Topic}-{Partition}@{Offset} in {DelayMs} ms, try {Attempt}: {Reason}")]
    public static partial void Retrying(
        this ILogger logger, Exception cause, string sink, string topic, int partition, long offset, long delayMs, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink} goes on with {Topic}-{Partition}@{Offset} after {Attempts} failed tries")]
    public static partial void Recovered(this ILogger logger, string sink, string topic, int partition, long offset, int attempts);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "{Sink} stopped {Topic}-{Partition}@{Offset}: {Reason} Other partitions go on; a restart of the host tries again.")]
    public static partial void Stopped(this ILogger logger, Exception cause, string sink, string topic, int partition, long offset, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink} was fenced on {Topic}-{Partition}@{Offset}; takes it over again if it is still ours")]
    public static partial void Fenced(this ILogger logger, string sink, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink} gave {Topic}-{Partition}@{Offset} back")]
    public static partial void GaveBack(this ILogger logger, string sink, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink} abandons the batch in hand of {Topic}-{Partition}@{Offset}: it took too long; it is read again")]
    public static partial void Abandoned(this ILogger logger, string sink, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink}: the group's offset of {Topic}-{Partition} could not be committed at @{Offset}; tried again later, nothing is lost")]
    public static partial void GroupCommitFailed(this ILogger logger, Exception cause, string sink, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sink} pauses {Topic}-{Partition}@{Offset}: its destination is slower than the log")]
    public static partial void Paused(this ILogger logger, string sink, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sink}: Kafka says {Reason}")]
    public static partial void KafkaSays(this ILogger logger, string sink, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Text}")]
    public static partial void LibrdkafkaSays(this ILogger logger, string facility, string text);
}
