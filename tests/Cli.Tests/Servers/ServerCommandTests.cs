using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Fixtures;

namespace Streaming.Cli.Tests.Servers;

/// <summary><c>streamctl broker</c> and <c>streamctl registry</c>, as somebody starts them who wants nothing else of the project.</summary>
public sealed class ServerCommandTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_broker_is_up_in_one_command_keeps_its_data_and_obeys_settings()
    {
        using var folder = new TempFolder("broker-command");
        string address;
        await using (var broker = await ServerProcess.StartAsync("broker", "--data", folder.Path, "--listen", "127.0.0.1:0", "--set", "auto.create.topics.enable=true", "--set", "num.partitions=3"))
        {
            address = broker.Address;
            await ProduceAsync(address, "kept");
            using var admin = Admin(address);
            admin.GetMetadata("trial", Deadline).Topics[0].Partitions.Count.ShouldBe(3);
            (await SettingAsync(admin, "num.partitions")).ShouldBe("3");
            (await SettingAsync(admin, "log.retention.ms")).ShouldBe("604800000");
            (await broker.StopAsync()).ShouldBe(0);
        }

        await using var again = await ServerProcess.StartAsync("broker", "--data", folder.Path, "--listen", address);
        again.Address.ShouldBe(address);
        Read(address).ShouldBe("kept");
    }

    [Fact]
    public async Task A_registry_is_up_over_a_broker_without_a_folder()
    {
        await using var broker = await ServerProcess.StartAsync("broker", "--listen", "127.0.0.1:0");
        await using var registry = await ServerProcess.StartAsync("registry", "--kafka", broker.Address, "--listen", "127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = new Uri(registry.Address) };

        (await http.GetStringAsync(new Uri("/subjects", UriKind.Relative))).ShouldBe("[]");
        (await registry.StopAsync()).ShouldBe(0);
        (await broker.StopAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_registry_listens_by_TLS_over_a_broker_that_wants_TLS_and_a_password()
    {
        using var folder = new TempFolder("secure-servers");
        var files = Certificate.Write(folder.Path);
        var (certificate, key) = files;
        var users = Path.Combine(folder.Path, "users");
        await File.WriteAllTextAsync(users, "registry:s3cret\n");
        var client = Path.Combine(folder.Path, "client.properties");
        await File.WriteAllTextAsync(client, $"""
            # As kcat and librdkafka know these.
            security.protocol = SASL_SSL
            sasl.mechanism = SCRAM-SHA-256
            sasl.username = registry
            sasl.password = s3cret
            ssl.ca.location = {certificate}
            """);
        await using var broker = await ServerProcess.StartAsync("broker", "--listen", "127.0.0.1:0", "--users", users, "--tls-certificate", certificate, "--tls-key", key);
        await using var registry = await ServerProcess.StartAsync(
            "registry", "--kafka", broker.Address, "--kafka-config", client, "--listen", "127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key);

        using var http = new HttpClient(files.Trusting()) { BaseAddress = new Uri(registry.Address) };
        registry.Address.ShouldStartWith("https://");
        (await http.GetStringAsync(new Uri("/subjects", UriKind.Relative))).ShouldBe("[]");
    }

    [Theory]
    [InlineData("no.such.setting=1", "no.such.setting is no setting of the broker. There are: auto.create.topics.enable")]
    [InlineData("num.partitions=many", "num.partitions=many: ")]
    [InlineData("num.partitions=0", "DefaultPartitions must be between")]
    [InlineData("log.retention.ms=-7", "Invalid value -7 for configuration retention.ms")]
    [InlineData("log.dirs=/elsewhere", "log.dirs cannot be set.")]
    [InlineData("num.partitions", "give name=value")]
    public async Task A_setting_that_cannot_be_is_refused_with_the_reason(string setting, string reason)
    {
        var run = await new Streamctl(new Dictionary<string, string>()).RunAsync("broker", "--listen", "127.0.0.1:0", "--set", setting);
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain(reason);
        run.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("9092")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:many")]
    [InlineData("127.0.0.1:99999")]
    public async Task An_address_that_is_none_is_refused(string address)
    {
        var run = await new Streamctl(new Dictionary<string, string>()).RunAsync("broker", "--listen", address);
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain($"'{address}' is no address");
    }

    private static async Task ProduceAsync(string address, string value)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = address, AllowAutoCreateTopics = true }).Build();
        await producer.ProduceAsync("trial", new Message<Null, string> { Value = value }).WaitAsync(Deadline);
    }

    private static string Read(string address)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = address, GroupId = "trial", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe("trial");
        return consumer.Consume(Deadline).ShouldNotBeNull().Message.Value;
    }

    private static async Task<string> SettingAsync(IAdminClient admin, string name)
    {
        var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Broker, Name = "1" }]);
        return described[0].Entries[name].Value;
    }

    private static IAdminClient Admin(string address) => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = address }).Build();
}
