using System.Text;
using Streaming.Broker.Settings;

namespace Streaming.Broker.Tests.Settings;

/// <summary>Writes docs/broker-settings.md.</summary>
internal static class SettingsPage
{
    /// <summary>What the command takes for options that are no settings.</summary>
    public static IReadOnlyDictionary<string, string> Flags { get; } = new Dictionary<string, string>
    {
        ["DataDirectory"] = "--data",
        ["ListenHost"] = "--listen host:port",
        ["Port"] = "--listen host:port",
        ["AdvertisedHost"] = "--advertise",
        ["AcceptAnyReplicationFactor"] = "--any-replication-factor",
        ["Security.Users"] = "--users",
        ["Security.CertificateFile"] = "--tls-certificate",
        ["Security.CertificateKeyFile"] = "--tls-key",
        ["FlushOnAppend"] = "--set log.flush.interval.messages=1",
        ["TopicDefaults"] = "--set, as below",
    };

    public static string Write(IReadOnlyList<DescribedOption> options, IReadOnlyList<(BrokerSetting Setting, string Meaning)> obeyed)
    {
        var page = new StringBuilder();
        page.Append("""
            # Settings of the embedded broker

            This page is written by a test from the documentation of the options (`infra/Broker/BrokerOptions.cs` and those that it names) and from what they are by default.
            `streamctl broker --set name=value` takes them by name, as often as there are settings; in a program they are properties of `BrokerOptions`, or
            `options.Set(name, value)`. A value out of range, and a name that does not exist, are refused at the start. A running broker shows them:
            `kafka-configs --describe --entity-type brokers --entity-name 1 --all`. What the limits among them mean to clients is on [operations](operations.md#limits-of-the-broker).

            ## Under Apache Kafka's names

            Defaults that differ from Kafka's are those of a single node on a small machine.

            | setting | default | unit | meaning |
            | --- | --: | --- | --- |

            """);
        foreach (var option in options.Where(option => option.Setting is { } setting && !BrokerSettings.Additional.Contains(setting.Name)))
            Append(page, option);
        var shown = BrokerSettings.All.Values.Where(setting => setting.Write is null && options.All(option => option.Setting != setting));
        page.Append($"\nShown, and never another: {string.Join(", ", shown.Select(setting => $"`{setting.Name}` ({setting.Read(new BrokerOptions())})"))}.\n");

        page.Append("""

            ## Limits that Kafka has no name for

            | setting | default | unit | meaning |
            | --- | --: | --- | --- |

            """);
        foreach (var option in options.Where(option => option.Setting is { } setting && BrokerSettings.Additional.Contains(setting.Name)))
            Append(page, option);

        page.Append("""

            ## Given to the command otherwise

            | option | by | default | meaning |
            | --- | --- | --- | --- |

            """);
        foreach (var option in options.Where(option => option.Setting?.Write is null).OrderBy(option => option.Path, StringComparer.Ordinal))
            page.Append($"| `{option.Path}` | `{Flags[option.Path]}` | {Default(option)} | {option.Meaning} |\n");

        page.Append("""

            ## Defaults of topics

            What a topic has that does not set it; the topic's own name for it is `kafka-topics --config`'s.

            | setting | default | meaning |
            | --- | --: | --- |

            """);
        foreach (var (setting, meaning) in obeyed.OrderBy(one => one.Setting.Name, StringComparer.Ordinal))
            page.Append($"| `{setting.Name}` | {setting.Read(new BrokerOptions())} | {meaning} |\n");
        var kept = DescribedOption.DefaultsOfTopics().Select(one => one.Setting).Except(obeyed.Select(one => one.Setting)).Select(setting => $"`{setting.Name}`").Order(StringComparer.Ordinal);
        page.Append($"\nTaken, kept and shown, and without effect here: {string.Join(", ", kept)}.\n");
        return page.ToString();
    }

    private static void Append(StringBuilder page, DescribedOption option)
    {
        if (option.Setting!.Write is not null)
            page.Append($"| `{option.Setting.Name}` | {option.Setting.Read(new BrokerOptions())} | {option.Unit} | {option.Meaning} |\n");
    }

    private static string Default(DescribedOption option)
    {
        object? value = new BrokerOptions();
        foreach (var name in option.Path.Split('.'))
            value = value!.GetType().GetProperty(name)!.GetValue(value);
        return value switch
        {
            bool flag => flag ? "true" : "false",
            string { Length: > 0 } or int => $"{value}",
            _ => "none",
        };
    }
}
