using System.Reflection;
using Streaming.Broker.Groups;
using Streaming.Broker.Log;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Security;
using Streaming.Broker.Settings;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Tests.Settings;

/// <summary>A property of the options, with what its file says of it, and the name by which it is set.</summary>
/// <param name="Path">Such as <c>Groups.MembersMax</c>.</param>
/// <param name="Setting">Null: it has none, and is given otherwise.</param>
internal sealed record DescribedOption(string Path, Type Type, string Meaning, BrokerSetting? Setting)
{
    private static readonly Dictionary<Type, string> _files = new()
    {
        [typeof(BrokerOptions)] = "BrokerOptions.cs",
        [typeof(SecurityOptions)] = "Security/SecurityOptions.cs",
        [typeof(GroupOptions)] = "Groups/GroupOptions.cs",
        [typeof(CompactionOptions)] = "Log/Compaction/CompactionOptions.cs",
    };

    public string Unit => Type == typeof(bool) ? "true, false"
        : Type.IsEnum ? string.Join(", ", Enum.GetNames(Type)).ToLowerInvariant()
        : Type == typeof(string) ? "text"
        : Path.Contains("Ms", StringComparison.Ordinal) ? "ms"
        : Path.Contains("Minutes", StringComparison.Ordinal) ? "minutes"
        : Path.Contains("BytesPerSecond", StringComparison.Ordinal) ? "bytes a second"
        : Path.Contains("Bytes", StringComparison.Ordinal) ? "bytes"
        : "count";

    /// <summary>All there are, by their settings' names.</summary>
    public static IReadOnlyList<DescribedOption> ReadAll(string brokerFolder) =>
        [.. ReadAll(brokerFolder, typeof(BrokerOptions), "", options => options).OrderBy(option => option.Setting?.Name, StringComparer.Ordinal)];

    /// <summary>What those defaults of topics mean that the log obeys, by the setting's name on the broker.</summary>
    public static IReadOnlyList<(BrokerSetting Setting, string Meaning)> ReadObeyed(string brokerFolder)
    {
        var docs = OptionDocs.Read(System.IO.Path.Combine(brokerFolder, "Log", "LogSettings.cs"));
        return [.. DefaultsOfTopics().Select(one => (one.Setting, string.Join(' ', Obeying(one.Topic).Select(property => docs[property.Name])))).Where(one => one.Item2.Length > 0)];
    }

    /// <summary>Every default of topics under both its names.</summary>
    public static IEnumerable<(BrokerSetting Setting, TopicSetting Topic)> DefaultsOfTopics()
    {
        foreach (var topic in TopicSettings.All.Values.Where(topic => Another(topic) is not null))
        {
            var options = new BrokerOptions();
            options.TopicDefaults[topic.Name] = Another(topic)!;
            if (BrokerSettings.All.Values.FirstOrDefault(setting => Shows(setting, options)) is { } shown)
                yield return (shown, topic);
        }
    }

    private static IEnumerable<DescribedOption> ReadAll(string brokerFolder, Type type, string prefix, Func<BrokerOptions, object> owner)
    {
        var docs = OptionDocs.Read(System.IO.Path.Combine(brokerFolder, _files[type]));
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (_files.ContainsKey(property.PropertyType))
            {
                foreach (var nested in ReadAll(brokerFolder, property.PropertyType, $"{property.Name}.", options => property.GetValue(owner(options))!))
                    yield return nested;
            }
            else
            {
                yield return new DescribedOption(prefix + property.Name, property.PropertyType, docs[property.Name], Find(property, owner));
            }
        }
    }

    // The setting that shows another value when the property has one.
    private static BrokerSetting? Find(PropertyInfo property, Func<BrokerOptions, object> owner)
    {
        var options = new BrokerOptions();
        if (!property.CanWrite)
            return null;
        property.SetValue(owner(options), property.GetValue(owner(options)) switch
        {
            bool flag => !flag,
            int number => number - 1,
            long number => number - 1,
            string text => text + "?",
            Enum choice => Enum.GetValues(property.PropertyType).Cast<Enum>().First(other => !other.Equals(choice)),
            var other => throw new NotSupportedException($"{property.Name} is {other}."),
        });
        return BrokerSettings.All.Values.FirstOrDefault(setting => Shows(setting, options));
    }

    private static bool Shows(BrokerSetting setting, BrokerOptions changed) => setting.Read(changed) != setting.Read(new BrokerOptions());

    private static IEnumerable<PropertyInfo> Obeying(TopicSetting topic)
    {
        var none = new Dictionary<string, string>();
        var before = TopicSettings.ForLog(none, new BrokerOptions());
        var after = TopicSettings.ForLog(new Dictionary<string, string> { [topic.Name] = Another(topic)! }, new BrokerOptions());
        return typeof(LogSettings).GetProperties().Where(property => property.CanWrite && !Equals(property.GetValue(before), property.GetValue(after)));
    }

    // Null: it can have its default only.
    private static string? Another(TopicSetting topic) =>
        new[] { "1", "2", "14", "0.25", "1048576", "compact", "LogAppendTime", "true", "zstd" }.FirstOrDefault(value => value != topic.Default && topic.IsValid(value));
}
