using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Streaming.Serdes.Registry;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Worker;

/// <summary>Which failures are tried again, how often, and how long between two tries.</summary>
internal static class RetryPolicy
{
    /// <summary>A pipeline for one partition; its calls come one after another.</summary>
    /// <param name="onRetry">Called before each wait with the cause, the number of the try that failed (from 1), and the wait.</param>
    public static ResiliencePipeline Create(
        SinkOptions options, ISink sink, TimeProvider time, Action<Exception, int, TimeSpan> onRetry)
    {
        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } failure
                    && IsWorthTrying(failure, arguments.AttemptNumber, options, sink)),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,   // So that the partitions of a destination that comes back don't all knock at once.
                Delay = TimeSpan.FromMilliseconds(options.RetryDelayMs),
                MaxDelay = TimeSpan.FromMilliseconds(options.RetryDelayMaxMs),
                OnRetry = arguments =>
                {
                    onRetry(arguments.Outcome.Exception!, arguments.AttemptNumber + 1, arguments.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Shared by all partitions of a destination: once it is plainly away, only one knocks now and then.</summary>
    public static ResiliencePipeline CreateCircuit(ISink sink, TimeProvider time) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } failure and not PoisonEventException and not FencedException
                && sink.IsTransient(failure)),
            FailureRatio = 0.9,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(2),
        })
        .Build();

    /// <summary>Nobody answered, or somebody who asks to be tried again. Any other answer is one.</summary>
    public static bool MayPass(HttpRequestException failure) =>
        failure.StatusCode is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static bool IsWorthTrying(Exception failure, int attempt, SinkOptions options, ISink sink) => failure switch
    {
        // What HttpClient throws when it has waited long enough; nobody has asked it to stop.
        TaskCanceledException { InnerException: TimeoutException } => true,
        KafkaException { Error.Code: ErrorCode.MsgSizeTooLarge } => false,
        HttpRequestException called => MayPass(called),
        PoisonEventException or FencedException or PartitionStoppedException or OperationCanceledException => false,
        KafkaException or BrokenCircuitException or RegistryException or SocketException or TimeoutException => true,
        _ => sink.IsTransient(failure) || attempt < options.PermanentFailureRetriesMax,
    };
}
