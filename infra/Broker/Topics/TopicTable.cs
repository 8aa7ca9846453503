using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Log;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Topics;

/// <summary>What became of a change to a topic.</summary>
internal readonly record struct TopicChange(ErrorCode Error, string? Reason, Topic? Topic)
{
    public static TopicChange Refused(ErrorCode error, string reason) => new(error, reason, null);

    public static TopicChange Done(Topic topic) => new(ErrorCode.None, null, topic);
}

/// <summary>All topics of the broker. Looking up takes no lock; changes go one at a time: to the catalogue's file, which decides, then into the table.</summary>
/// <remarks>What the disk refuses is not done, and answered KAFKA_STORAGE_ERROR: folders are made before the catalogue names them.</remarks>
internal sealed class TopicTable : ITopicDirectory, IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly BrokerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile ImmutableSortedDictionary<string, Topic> _byName;
    private volatile ImmutableDictionary<Guid, Topic> _byId;
    private long _version;

    private TopicTable(IEnumerable<Topic> topics, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _byName = topics.ToImmutableSortedDictionary(topic => topic.Name, topic => topic, StringComparer.Ordinal);
        _byId = _byName.Values.ToImmutableDictionary(topic => topic.Id);
    }

    /// <summary>By name, in ordinal order.</summary>
    public IEnumerable<Topic> All => _byName.Values;

    public static TopicTable Open(BrokerOptions options, TimeProvider time, ILogger logger)
    {
        var entries = TopicCatalogue.Open(options.DataDirectory, hasData: Directory.Exists(LogsFolder(options)) && Directory.EnumerateDirectories(LogsFolder(options)).Any());
        Directory.CreateDirectory(LogsFolder(options));
        RemoveStrayFolders(LogsFolder(options), entries);
        return new TopicTable(entries.Select(entry => Open(entry, options, time, logger)), options, time, logger);
    }

    /// <inheritdoc/>
    public long Version => Volatile.Read(ref _version);

    IEnumerable<TopicShape> ITopicDirectory.Topics => All.Select(Shape).OfType<TopicShape>();

    TopicShape? ITopicDirectory.FindShape(string name) => Shape(Find(name));

    TopicShape? ITopicDirectory.FindShape(Guid id) => Shape(Find(id));

    public Topic? Find(string name) => _byName.GetValueOrDefault(name);

    public Topic? Find(Guid id) => _byId.GetValueOrDefault(id);

    public PartitionLog? Find(TopicPartition partition) => Find(partition.Topic)?.Find(partition.Partition);

    /// <summary>Creates a topic, or with <paramref name="isDryRun"/> only says whether it could be.</summary>
    public async Task<TopicChange> CreateAsync(
        string name, int partitions, IReadOnlyDictionary<string, string> settings, bool isDryRun = false, CancellationToken cancellationToken = default)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (RefuseCreation(name, partitions, settings) is { } refusal)
                return refusal;
            var entry = new TopicEntry(name, Guid.NewGuid(), partitions, settings);
            if (isDryRun)
                return TopicChange.Done(new Topic(name, Guid.Empty, settings, []));
            var topic = OpenNew(entry, fromPartition: 0);
            Name(topic, fromPartition: 0);
            return TopicChange.Done(topic);
        }
        catch (IOException cause)
        {
            return Failed(name, cause);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Adds partitions up to a count.</summary>
    public async Task<TopicChange> GrowAsync(string name, int partitions, bool isDryRun, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is not { } topic)
                return Unknown(name);
            if (partitions <= topic.Partitions.Count)
                return TopicChange.Refused(ErrorCode.InvalidPartitions, $"The topic {name} currently has {topic.Partitions.Count} partition(s); {partitions} would not be an increase.");
            if (partitions > _options.PartitionsPerTopicMax)
                return TopicChange.Refused(ErrorCode.InvalidPartitions, $"{partitions} partitions; at most {_options.PartitionsPerTopicMax} are allowed.");
            if (RefuseMore(partitions - topic.Partitions.Count) is { } tooMany)
                return tooMany;
            if (isDryRun)
                return TopicChange.Done(topic);
            var entry = Entry(topic) with { Partitions = partitions };
            var grown = topic with { Partitions = [.. topic.Partitions, .. OpenNew(entry, fromPartition: topic.Partitions.Count).Partitions] };
            Name(grown, fromPartition: topic.Partitions.Count);
            return TopicChange.Done(grown);
        }
        catch (IOException cause)
        {
            return Failed(name, cause);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Replaces a topic's own settings.</summary>
    public async Task<TopicChange> ConfigureAsync(
        string name, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> alter, bool isDryRun, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is not { } topic)
                return Unknown(name);
            var settings = alter(topic.Settings);
            if (TopicSettings.Validate(settings, _options) is { } reason)
                return TopicChange.Refused(ErrorCode.InvalidConfig, reason);
            if (isDryRun)
                return TopicChange.Done(topic);
            var altered = topic with { Settings = settings };
            Save(_byName.Values.Select(t => Entry(t == topic ? altered : t)));
            var logSettings = TopicSettings.ForLog(settings, _options);
            foreach (var log in topic.Partitions)
                log.Settings = logSettings;
            return TopicChange.Done(Put(altered));
        }
        catch (IOException cause)
        {
            return Failed(name, cause);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Deletes a topic with its data.</summary>
    public async Task<TopicChange> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is not { } topic)
                return Unknown(name);
            (_byName, _byId) = (_byName.Remove(name), _byId.Remove(topic.Id));
            Interlocked.Increment(ref _version);
            // The catalogue first: folders that it does not name are removed at the next start, should this one stop here.
            var isForgotten = TrySave();
            foreach (var log in topic.Partitions)
                await log.DeleteAsync();
            // Of a full disk it is the other way round: what was deleted makes the room.
            if (!isForgotten)
                Save(_byName.Values.Select(Entry));
            return TopicChange.Done(topic);
        }
        catch (IOException cause)
        {
            return Failed(name, cause);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The partitions of an internal topic, created at its first use. The count holds for its creation only.</summary>
    public async Task<IReadOnlyList<PartitionLog>> OpenInternalAsync(string name, int partitions, CancellationToken cancellationToken) =>
        Find(name)?.Partitions ?? (await CreateAsync(name, partitions, InternalTopics.Settings, cancellationToken: cancellationToken)).Topic!.Partitions;

    /// <summary>Closes all logs properly.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var log in All.SelectMany(topic => topic.Partitions))
            await log.CloseAsync();
        _changing.Dispose();
    }

    private static TopicChange Unknown(string name) =>
        TopicChange.Refused(ErrorCode.UnknownTopicOrPartition, $"Topic {name} does not exist.");

    private TopicChange? RefuseCreation(string name, int partitions, IReadOnlyDictionary<string, string> settings)
    {
        if (TopicName.Refusal(name) is { } illegal)
            return TopicChange.Refused(ErrorCode.InvalidTopicException, $"Topic name is invalid: {illegal}");
        if (Find(name) is not null)
            return TopicChange.Refused(ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        if (Colliding(name) is { } other)
            return TopicChange.Refused(ErrorCode.InvalidTopicException, $"Topic '{name}' collides with existing topic: {other}");
        if (partitions < 1 || partitions > _options.PartitionsPerTopicMax)
            return TopicChange.Refused(ErrorCode.InvalidPartitions, $"{partitions} partitions; 1 to {_options.PartitionsPerTopicMax} are allowed.");
        if (RefuseMore(partitions) is { } tooMany)
            return tooMany;
        return TopicSettings.Validate(settings, _options) is { } reason ? TopicChange.Refused(ErrorCode.InvalidConfig, reason) : null;
    }

    private TopicChange? RefuseMore(int partitions)
    {
        var present = _byName.Values.Sum(topic => topic.Partitions.Count);
        return partitions > _options.PartitionsMax - present
            ? TopicChange.Refused(ErrorCode.PolicyViolation, $"{partitions} partitions more than the {present} there are; {_options.PartitionsMax} in all are allowed.")
            : null;
    }

    // Kafka refuses names that differ in '.' and '_' only, because its metrics cannot tell them apart; clients rely on the refusal.
    private string? Colliding(string name)
    {
        if (name.AsSpan().IndexOfAny('.', '_') < 0)
            return null;
        var normalized = name.Replace('.', '_');
        return _byName.Keys.FirstOrDefault(other => other.Replace('.', '_') == normalized);
    }

    // Folders of which the catalogue does not know yet: nothing of them is left when one cannot be made.
    private Topic OpenNew(TopicEntry entry, int fromPartition)
    {
        var settings = TopicSettings.ForLog(entry.Settings, _options);
        var logs = new List<PartitionLog>();
        try
        {
            for (var partition = fromPartition; partition < entry.Partitions; partition++)
                logs.Add(OpenLog(entry.Name, partition, settings, _options, _time, _logger));
            FolderSync.Flush(LogsFolder(_options));
            return new Topic(entry.Name, entry.Id, entry.Settings, logs);
        }
        catch (IOException)
        {
            logs.ForEach(log => log.Abandon());
            RemoveNew(entry, fromPartition);
            throw;
        }
    }

    private void Name(Topic topic, int fromPartition)
    {
        try
        {
            Save(_byName.SetItem(topic.Name, topic).Values.Select(Entry));
            Put(topic);
        }
        catch (IOException)
        {
            RemoveNew(Entry(topic), fromPartition);
            throw;
        }
    }

    private void RemoveNew(TopicEntry entry, int fromPartition)
    {
        for (var partition = fromPartition; partition < entry.Partitions; partition++)
        {
            var folder = LogFolder(new TopicPartition(entry.Name, partition), _options);
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private TopicChange Failed(string name, IOException cause)
    {
        _logger.TopicNotChanged(cause, name);
        return TopicChange.Refused(ErrorCode.KafkaStorageError, cause.Message);
    }

    private bool TrySave()
    {
        try
        {
            Save(_byName.Values.Select(Entry));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Topic Put(Topic topic)
    {
        (_byName, _byId) = (_byName.SetItem(topic.Name, topic), _byId.SetItem(topic.Id, topic));
        Interlocked.Increment(ref _version);
        return topic;
    }

    private void Save(IEnumerable<TopicEntry> entries) => TopicCatalogue.Save(_options.DataDirectory, entries);

    private static TopicShape? Shape(Topic? topic) => topic is null ? null : new TopicShape(topic.Name, topic.Id, topic.Partitions.Count);

    private static TopicEntry Entry(Topic topic) => new(topic.Name, topic.Id, topic.Partitions.Count, topic.Settings);

    private static Topic Open(TopicEntry entry, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        var settings = TopicSettings.ForLog(entry.Settings, options);
        var logs = Enumerable.Range(0, entry.Partitions).Select(partition => OpenLog(entry.Name, partition, settings, options, time, logger));
        return new Topic(entry.Name, entry.Id, entry.Settings, [.. logs]);
    }

    private static PartitionLog OpenLog(string topic, int partition, LogSettings settings, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        var topicPartition = new TopicPartition(topic, partition);
        return PartitionLog.Open(topicPartition, LogFolder(topicPartition, options), settings, time, logger);
    }

    private static string LogFolder(TopicPartition partition, BrokerOptions options) => Path.Combine(LogsFolder(options), partition.ToString());

    // A folder of its own, because what is in it and unknown gets removed.
    private static string LogsFolder(BrokerOptions options) => Path.Combine(options.DataDirectory, "logs");

    // Left by a deletion, or a creation, that a crash cut short.
    private static void RemoveStrayFolders(string logsFolder, IReadOnlyList<TopicEntry> entries)
    {
        var known = entries.SelectMany(entry => Enumerable.Range(0, entry.Partitions).Select(partition => new TopicPartition(entry.Name, partition).ToString())).ToHashSet();
        foreach (var folder in Directory.EnumerateDirectories(logsFolder))
        {
            if (!known.Contains(Path.GetFileName(folder)))
                Directory.Delete(folder, recursive: true);
        }
    }
}
