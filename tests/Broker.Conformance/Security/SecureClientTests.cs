using Confluent.Kafka;
using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.Security;

/// <summary>Clients that authenticate and encrypt: librdkafka, and kafka-python for the older handshake.</summary>
public sealed class SecureClientTests : IDisposable
{
    private const string User = "ann,=ö";
    private const string Password = "s3cret, with=signs and ü";
    private readonly TempFolder _folder = new("secure");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PLAIN", false)]
    [InlineData("SCRAM-SHA-256", false)]
    [InlineData("SCRAM-SHA-512", false)]
    [InlineData("PLAIN", true)]
    [InlineData("SCRAM-SHA-256", true)]
    [InlineData("SCRAM-SHA-512", true)]
    public async Task A_user_writes_and_reads(string mechanism, bool withTls)
    {
        await using var broker = await StartAsync(withTls, withUsers: true);
        await WriteAndReadAsync(Secure(broker, mechanism, Password, withTls));
    }

    [Fact]
    public async Task Without_users_TLS_alone_is_enough()
    {
        await using var broker = await StartAsync(withTls: true, withUsers: false);
        var client = Secure(broker, mechanism: null, Password, withTls: true);
        await WriteAndReadAsync(client);
    }

    [Theory]
    [InlineData("PLAIN", User, "wrong")]
    [InlineData("SCRAM-SHA-256", User, "wrong")]
    [InlineData("SCRAM-SHA-512", User, "wrong")]
    [InlineData("SCRAM-SHA-256", "nobody", Password)]
    [InlineData("PLAIN", "nobody", Password)]
    public async Task A_wrong_name_or_password_is_told(string mechanism, string user, string password)
    {
        await using var broker = await StartAsync(withTls: false, withUsers: true);
        var config = Secure(broker, mechanism, password, withTls: false);
        config.SaslUsername = user;
        var refusal = await RefusalAsync(config, ErrorCode.Local_Authentication);
        refusal.ShouldContain("invalid credentials");
    }

    [Fact]
    public async Task A_mechanism_that_is_not_offered_is_told_with_those_that_are()
    {
        await using var broker = await StartAsync(withTls: false, withUsers: true, "SCRAM-SHA-512");
        (await RefusalAsync(Secure(broker, "PLAIN", Password, withTls: false), ErrorCode.Local_Authentication)).ShouldContain("SCRAM-SHA-512");
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_certificate_does_not_connect()
    {
        await using var broker = await StartAsync(withTls: true, withUsers: false);
        var config = Secure(broker, mechanism: null, Password, withTls: true);
        config.SslCaLocation = null;
        (await RefusalAsync(config, ErrorCode.Local_Ssl)).ShouldContain("certificate");
    }

    [Fact]
    public async Task A_client_in_the_clear_does_not_get_through_to_TLS_nor_past_users()
    {
        await using var broker = await StartAsync(withTls: false, withUsers: true);
        using var admin = Clients.Admin(broker.BootstrapServers);
        Should.Throw<KafkaException>(() => admin.GetMetadata(TimeSpan.FromSeconds(2)));
    }

    private async Task<EmbeddedBroker> StartAsync(bool withTls, bool withUsers, string? mechanisms = null)
    {
        var options = new BrokerOptions { DataDirectory = Path.Combine(_folder.Path, "data"), AutoCreateTopics = true };
        if (withUsers)
            options.Security.Users[User] = Password;
        if (mechanisms is not null)
            options.Security.Mechanisms = mechanisms;
        if (withTls)
            (options.Security.CertificateFile, options.Security.CertificateKeyFile) = Certificate.Write(_folder.Path);
        return await EmbeddedBroker.StartAsync(options);
    }

    private ClientConfig Secure(EmbeddedBroker broker, string? mechanism, string password, bool withTls)
    {
        var config = new ClientConfig
        {
            BootstrapServers = broker.BootstrapServers,
            SecurityProtocol = (withTls, mechanism) switch
            {
                (true, null) => SecurityProtocol.Ssl,
                (true, _) => SecurityProtocol.SaslSsl,
                _ => SecurityProtocol.SaslPlaintext,
            },
            SslCaLocation = withTls ? Path.Combine(_folder.Path, "server.pem") : null,
        };
        if (mechanism is null)
            return config;
        config.Set("sasl.mechanisms", mechanism);
        config.SaslUsername = User;
        config.SaslPassword = password;
        return config;
    }

    private static async Task WriteAndReadAsync(ClientConfig config)
    {
        // Longer than a TLS record, so that a message is cut into several.
        var value = new string('x', 100_000);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig(config) { EnableIdempotence = true }).SetLogHandler((_, _) => { }).Build())
        {
            for (var i = 0; i < 10; i++)
                await producer.ProduceAsync("secure", new Message<Null, string> { Value = $"{i}{value}" }).WaitAsync(Clients.Deadline);
        }

        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(config) { GroupId = "secure", AutoOffsetReset = AutoOffsetReset.Earliest }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe("secure");
        for (var i = 0; i < 10; i++)
            consumer.Consume(Clients.Deadline).ShouldNotBeNull().Message.Value.ShouldBe($"{i}{value}");
    }

    private static async Task<string> RefusalAsync(ClientConfig config, ErrorCode expected)
    {
        var refused = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = new AdminClientBuilder(new AdminClientConfig(config)).SetLogHandler((_, _) => { }).SetErrorHandler((_, error) =>
        {
            if (error.Code == expected)
                refused.TrySetResult(error.Reason);
        }).Build();
        return await refused.Task.WaitAsync(Clients.Deadline);
    }
}
