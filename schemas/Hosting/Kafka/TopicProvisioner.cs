using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Contracts.Topics;

namespace Streaming.Hosting.Kafka;

/// <summary>Creates the topics that are missing, and checks those that are there.</summary>
public sealed class TopicProvisioner(IOptions<KafkaOptions> kafka, IOptions<TopicsOptions> topics, TimeProvider time, ILogger<TopicProvisioner> logger)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PropagationMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PropagationPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>Sees to it that every topic exists as defined. Waits for the cluster, and says so, until <paramref name="cancellationToken"/>.</summary>
    /// <param name="definitions">With the installation's prefix in their names already.</param>
    /// <exception cref="TopicMismatchException">A topic has another partition count, policy or replication.</exception>
    public async Task EnsureAsync(IReadOnlyCollection<TopicDefinition> definitions, CancellationToken cancellationToken)
    {
        using var admin = new AdminClientBuilder(kafka.Value.ToClientConfig())
            .SetLogHandler((_, _) => { /* Each failure reaches us as an exception, too. */ })
            .Build();

        await ReachAsync(admin, cancellationToken);
        await InsistAsync(() => CreateMissingAsync(admin, definitions, cancellationToken), cancellationToken);
        await InsistAsync(() => AwaitVisibleAsync(admin, definitions, cancellationToken), cancellationToken);
        await InsistAsync(() => CheckAsync(admin, definitions), cancellationToken);
    }

    /// <summary>A busy cluster, or one that elects a controller, answers later: asked again, it does. Anything else is somebody's to mend.</summary>
    internal static bool IsPassing(Error error) => !error.IsFatal && error.Code is
        ErrorCode.Local_TimedOut or ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.RequestTimedOut
        or ErrorCode.NotController or ErrorCode.NetworkException or ErrorCode.LeaderNotAvailable;

    private async Task InsistAsync(Func<Task> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (KafkaException cause) when (IsPassing(cause.Error))
            {
                logger.ClusterUnreachable(cause, kafka.Value.BootstrapServers);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private async Task ReachAsync(IAdminClient admin, CancellationToken cancellationToken)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = RequestTimeout });
                return;
            }
            catch (KafkaException cause) when (!cause.Error.IsFatal)
            {
                if (isFirst)
                    logger.ClusterUnreachable(cause, kafka.Value.BootstrapServers);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private async Task CreateMissingAsync(IAdminClient admin, IReadOnlyCollection<TopicDefinition> definitions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await admin.CreateTopicsAsync(
                definitions.Select(Specification),
                new CreateTopicsOptions { RequestTimeout = RequestTimeout, OperationTimeout = RequestTimeout });
        }
        catch (CreateTopicsException cause)
        {
            // Another host may have been first; what exists is checked below.
            var failed = cause.Results.FirstOrDefault(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists);
            if (failed is not null)
                throw new KafkaException(failed.Error, new InvalidOperationException($"Topic {failed.Topic} could not be created: {failed.Error.Reason}", cause));
            foreach (var created in cause.Results.Where(result => !result.Error.IsError))
                logger.TopicCreated(created.Topic);
            return;
        }

        foreach (var definition in definitions)
            logger.TopicCreated(definition.Name);
    }

    private TopicSpecification Specification(TopicDefinition definition) => new()
    {
        Name = definition.Name,
        NumPartitions = definition.PartitionCount,
        ReplicationFactor = topics.Value.ReplicationFactor,
        Configs = new Dictionary<string, string>(definition.Settings),
    };

    // A cluster answers CreateTopics before each of its nodes knows the leaders.
    private async Task AwaitVisibleAsync(IAdminClient admin, IReadOnlyCollection<TopicDefinition> definitions, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var described = await DescribeAsync(admin, definitions);
            var missing = described.FirstOrDefault(topic => topic.Error.IsError || topic.Partitions.Any(partition => partition.Leader is null or { Id: < 0 }));
            if (missing is null)
                return;
            if (time.GetElapsedTime(started) > PropagationMax)
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut,
                    $"Topic {missing.Name} has no leader after {PropagationMax.TotalSeconds:0} s: {missing.Error.Reason}"));
            await Task.Delay(PropagationPoll, time, cancellationToken);
        }
    }

    private static async Task<List<TopicDescription>> DescribeAsync(IAdminClient admin, IReadOnlyCollection<TopicDefinition> definitions)
    {
        var names = TopicCollection.OfTopicNames(definitions.Select(definition => definition.Name));
        try
        {
            return (await admin.DescribeTopicsAsync(names, new DescribeTopicsOptions { RequestTimeout = RequestTimeout })).TopicDescriptions;
        }
        catch (DescribeTopicsException partial)
        {
            return partial.Results.TopicDescriptions;
        }
    }

    private async Task CheckAsync(IAdminClient admin, IReadOnlyCollection<TopicDefinition> definitions)
    {
        var described = (await DescribeAsync(admin, definitions)).ToDictionary(topic => topic.Name);
        var resources = definitions.Select(definition => new ConfigResource { Type = ResourceType.Topic, Name = definition.Name });
        var settings = (await admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = RequestTimeout }))
            .ToDictionary(result => result.ConfigResource.Name, result => result.Entries);

        foreach (var definition in definitions)
        {
            var replicas = described[definition.Name].Partitions.Select(partition => partition.Replicas.Count).DefaultIfEmpty(0).Min();
            var mismatch = TopicCheck.FirstMismatch(
                definition,
                described[definition.Name].Partitions.Count,
                replicas,
                topics.Value.ReplicationFactor,
                name => settings[definition.Name].GetValueOrDefault(name)?.Value);
            if (mismatch is not null)
                throw new TopicMismatchException(mismatch);
        }
    }
}
