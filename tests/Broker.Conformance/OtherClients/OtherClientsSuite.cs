using System.Text.Json.Nodes;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.OtherClients;

/// <summary>Clients of others do their usual work: each administers, writes and reads topics of its own.</summary>
public abstract class OtherClientsSuite(KafkaFixture kafka)
{
    private readonly string _name = SomeNames.Name("others");

    [ConformanceFact]
    [NeedsClient(OtherClient.KafkaPython)]
    public async Task Kafka_python_administers_writes_and_reads() => Expect(await OtherClientRunner.RunAsync(OtherClient.KafkaPython, kafka.BootstrapServers, _name));

    [ConformanceFact]
    [NeedsClient(OtherClient.ConfluentKafkaPython)]
    public async Task Confluents_client_for_Python_works_in_transactions() =>
        Expect(await OtherClientRunner.RunAsync(OtherClient.ConfluentKafkaPython, kafka.BootstrapServers, _name));

    [ConformanceFact]
    [NeedsClient(OtherClient.KafkaJs)]
    public async Task Kafkajs_administers_writes_and_reads() => Expect(await OtherClientRunner.RunAsync(OtherClient.KafkaJs, kafka.BootstrapServers, _name));

    [ConformanceFact]
    [NeedsClient(OtherClient.Kcat)]
    public async Task Kcat_writes_reads_and_looks_up()
    {
        await kafka.CreateTopicAsync(_name);
        using var folder = new TempFolder("kcat");
        var file = Path.Combine(folder.Path, "records");
        await File.WriteAllLinesAsync(file, ["a:1", "b:2", "c:3"]);
        await KcatAsync("-P", "-t", _name, "-K", ":", "-z", "snappy", "-l", file);
        await KcatAsync("-P", "-t", _name, "-K", ":", "-X", $"transactional.id={_name}", "-l", file);

        // The transaction's marker has an offset, too.
        Lines(await KcatAsync("-C", "-t", _name, "-e", "-q", "-o", "beginning", "-f", "%o %k %s\n"))
            .ShouldBe(["0 a 1", "1 b 2", "2 c 3", "3 a 1", "4 b 2", "5 c 3"]);
        Lines(await KcatAsync("-G", _name, "-e", "-q", "-X", "auto.offset.reset=earliest", "-f", "%s\n", _name)).ShouldBe(["1", "2", "3", "1", "2", "3"]);
        Lines(await KcatAsync("-Q", "-t", $"{_name}:0:-1")).ShouldBe([$"{_name} [0] offset 7"]);
        var metadata = JsonNode.Parse(await KcatAsync("-L", "-J", "-t", _name))!;
        metadata["topics"]![0]!["topic"]!.GetValue<string>().ShouldBe(_name);
        metadata["topics"]![0]!["partitions"]!.AsArray().Count.ShouldBe(1);
    }

    private async Task<string> KcatAsync(params string[] arguments) => Expect(await OtherClientRunner.RunAsync(OtherClient.Kcat, ["-b", kafka.BootstrapServers, .. arguments]));

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Expect(ProgramRun run)
    {
        run.ExitCode.ShouldBe(0, run.ToString());
        return run.Output;
    }
}

public sealed class EmbeddedOtherClientsTests(EmbeddedKafkaFixture kafka) : OtherClientsSuite(kafka), IClassFixture<EmbeddedKafkaFixture>;

[Needs(RealServer.Kafka)]
public sealed class RealOtherClientsTests(RealKafkaFixture kafka) : OtherClientsSuite(kafka), IClassFixture<RealKafkaFixture>;
