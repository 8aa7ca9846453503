using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Groups.Settings;

/// <summary>The settings that single groups have of their own, whether or not there is such a group. Looking up takes no lock.</summary>
/// <remarks>Kept in <c>groups.json</c>, which is replaced whole at every change. What the disk refuses is not done, and answered KAFKA_STORAGE_ERROR.</remarks>
internal sealed class GroupSettingsTable
{
    private const string FileName = "groups.json";

    private readonly Lock _changing = new();
    private readonly string _path;
    private readonly GroupOptions _options;
    private readonly ILogger _logger;
    private volatile ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> _byGroup;

    private GroupSettingsTable(string path, IEnumerable<KeyValuePair<string, ImmutableSortedDictionary<string, string>>> byGroup, GroupOptions options, ILogger logger)
    {
        (_path, _options, _logger) = (path, options, logger);
        _byGroup = byGroup.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>The groups that have settings of their own, in ordinal order.</summary>
    public IEnumerable<string> Groups => _byGroup.Keys;

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static GroupSettingsTable Open(string dataDirectory, GroupOptions options, ILogger logger)
    {
        var path = Path.Combine(dataDirectory, FileName);
        var saved = File.Exists(path) ? JsonFile.Read<Dictionary<string, ImmutableSortedDictionary<string, string>>>(path) : null;
        return new GroupSettingsTable(path, saved ?? [], options, logger);
    }

    /// <summary>The group's own settings, by name.</summary>
    public IReadOnlyDictionary<string, string> Of(string groupId) => _byGroup.GetValueOrDefault(groupId, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>How often the group's members are heard of: by its own settings, else by the broker's.</summary>
    public ConsumerTiming TimingOf(string groupId) => GroupSettings.Timing(Of(groupId), _options);

    /// <summary>Replaces a group's own settings, or with <paramref name="isDryRun"/> only says whether they could be.</summary>
    /// <returns>None, or why nothing was changed.</returns>
    public (ErrorCode Error, string? Reason) Configure(
        string groupId, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> alter, bool isDryRun)
    {
        lock (_changing)
        {
            var wanted = alter(Of(groupId));
            if (GroupSettings.Validate(wanted, _options) is { } reason)
                return (ErrorCode.InvalidConfig, reason);
            var settings = wanted.ToImmutableSortedDictionary(setting => setting.Key, setting => GroupSettings.Plain(setting.Value), StringComparer.Ordinal);
            var altered = settings.IsEmpty ? _byGroup.Remove(groupId) : _byGroup.SetItem(groupId, settings);
            if (altered.Count > Math.Max(_byGroup.Count, _options.GroupsWithSettingsMax))
                return (ErrorCode.PolicyViolation, $"{_byGroup.Count} groups have settings of their own; more are not allowed.");
            return isDryRun ? (ErrorCode.None, null) : Put(groupId, altered);
        }
    }

    private (ErrorCode Error, string? Reason) Put(string groupId, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, string>> altered)
    {
        try
        {
            JsonFile.Write(_path, altered);
            _byGroup = altered;
            return (ErrorCode.None, null);
        }
        catch (IOException cause)
        {
            _logger.GroupSettingsNotChanged(cause, groupId);
            return (ErrorCode.KafkaStorageError, cause.Message);
        }
    }
}
