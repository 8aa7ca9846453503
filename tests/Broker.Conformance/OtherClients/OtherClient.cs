using System.ComponentModel;
using System.Diagnostics;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.OtherClients;

/// <summary>A Kafka client that nobody of this project wrote, and that a machine may have.</summary>
public enum OtherClient
{
    /// <summary>The command-line client, with the librdkafka it was built for.</summary>
    Kcat,

    /// <summary>The client written in Python alone.</summary>
    KafkaPython,

    /// <summary>Confluent's client for Python, with the librdkafka it was built for.</summary>
    ConfluentKafkaPython,

    /// <summary>The client written in JavaScript alone.</summary>
    KafkaJs,
}

/// <summary>Runs them: the scripts are beside this file.</summary>
internal static class OtherClientRunner
{
    private static readonly Dictionary<OtherClient, string[]?> Commands = [];

    /// <summary>Whether the client can run here. The first no is said on the console.</summary>
    public static bool Has(OtherClient client)
    {
        lock (Commands)
        {
            if (!Commands.TryGetValue(client, out var command))
            {
                Commands[client] = command = FindAsync(client).GetAwaiter().GetResult();
                if (command is null)
                    Console.WriteLine($"absent: no {client} here ({HowToInstall(client)}); its tests are left out.");
            }

            return command is not null;
        }
    }

    /// <summary>Runs the client to its end. Ask <see cref="Has"/> first.</summary>
    public static Task<ProgramRun> RunAsync(OtherClient client, params IReadOnlyList<string> arguments)
    {
        lock (Commands)
            return RunAsync([.. Commands[client]!, .. arguments]);
    }

    private static async Task<string[]?> FindAsync(OtherClient client)
    {
        foreach (var (check, command) in Candidates(client))
        {
            if (Repository.Root is not null && await SucceedsAsync(check))
                return command;
        }

        return null;
    }

    /// <summary>What shows by its success that the client is present, and what it is then run by.</summary>
    private static IEnumerable<(string[] Check, string[] Command)> Candidates(OtherClient client) => client switch
    {
        OtherClient.Kcat => [(["kcat", "-V"], ["kcat"])],
        // Debian's packages belong to its own Python, which need not be the first on the path.
        OtherClient.KafkaPython => from python in Pythons select (new[] { python, "-c", "import kafka.admin" }, new[] { python, "kafka_python.py" }),
        OtherClient.ConfluentKafkaPython => from python in Pythons select (new[] { python, "-c", "import confluent_kafka.admin" }, new[] { python, "confluent_kafka_python.py" }),
        OtherClient.KafkaJs => [(["node", "-e", "require('kafkajs')"], ["node", "kafkajs.js"])],
        _ => throw new UnreachableException($"{client} has no program; add it above."),
    };

    private static string HowToInstall(OtherClient client) => client switch
    {
        OtherClient.KafkaJs => "npm install in tests/Broker.Conformance/OtherClients",
        OtherClient.Kcat => "in Debian: kcat",
        OtherClient.KafkaPython => "in Debian: python3-kafka",
        _ => "in Debian: python3-confluent-kafka",
    };

    private static string[] Pythons => ["python3", "/usr/bin/python3"];

    private static async Task<bool> SucceedsAsync(string[] command)
    {
        try
        {
            return (await RunAsync(command)).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;   // No such program.
        }
    }

    private static Task<ProgramRun> RunAsync(string[] command) =>
        ProgramRun.OfProgramAsync(command[0], Path.Combine(Repository.Root!, "tests", "Broker.Conformance", "OtherClients"), command[1..]);
}

/// <summary>The tests need this client.</summary>
public sealed class NeedsClientAttribute(OtherClient client) : RequirementAttribute
{
    public OtherClient Client { get; } = client;

    public override bool IsMet => OtherClientRunner.Has(Client);
}
