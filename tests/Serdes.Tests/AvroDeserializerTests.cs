using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Serdes.Registry;
using Streaming.Serdes.Tests.Records;

namespace Streaming.Serdes.Tests;

public sealed class AvroDeserializerTests
{
    private const string UserV0 = """{"type":"record","name":"org.example.User","fields":[{"name":"name","type":"string"},{"name":"id","type":"int"}]}""";
    private const string UserV2 = """
        {"type":"record","name":"org.example.User","fields":[{"name":"id","type":"long"},{"name":"name","type":"string"},
        {"name":"email","type":["null","string"],"default":null},{"name":"tags","type":{"type":"array","items":"string"},"default":[]}]}
        """;

    private static readonly TopicPartitionOffset At = new("users", 3, 17);
    private static readonly SerializationContext Value = new(MessageComponentType.Value, "users");

    [Fact]
    public void An_older_version_is_read_with_the_newest_record() =>
        Read(UserV0, [6, .. "bob"u8, 14]).ShouldBe(new User(7, "bob", null));

    [Fact]
    public void A_newer_version_is_read_without_what_it_added() =>
        Read(UserV2, [14, 6, .. "bob"u8, 0, 2, 2, (byte)'x', 0]).ShouldBe(new User(7, "bob", null));

    [Fact]
    public void A_schema_is_asked_for_once()
    {
        var registry = new KnownSchemas().With(1, UserV0);
        var deserializer = new AvroDeserializer<IAvroRecord>(registry, AvroRecords.All);
        byte[] frame = [0, 0, 0, 0, 1, 6, .. "bob"u8, 14];
        for (var i = 0; i < 3; i++)
            deserializer.Deserialize(frame, At).ShouldBe(new User(7, "bob", null));
        registry.Questions.ShouldBe(1);
    }

    [Fact]
    public void A_schema_registered_late_is_found_at_the_next_attempt()
    {
        var registry = new KnownSchemas();
        var deserializer = new AvroDeserializer<IAvroRecord>(registry, AvroRecords.All);
        byte[] frame = [0, 0, 0, 0, 1, 6, .. "bob"u8, 14];
        Should.Throw<UnknownSchemaException>(() => deserializer.Deserialize(frame, At));
        registry.With(1, UserV0);
        deserializer.Deserialize(frame, At).ShouldBe(new User(7, "bob", null));
    }

    [Fact]
    public void Null_is_a_tombstone() =>
        new AvroDeserializer<User?>(new KnownSchemas(), AvroRecords.All).Deserialize([], isNull: true, Value).ShouldBeNull();

    [Fact]
    public void An_unknown_id_says_where_which_and_what_to_do()
    {
        var deserializer = new AvroDeserializer<User>(new KnownSchemas(), AvroRecords.All);
        Should.Throw<UnknownSchemaException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, 1], At)).Message.ShouldBe(
            "users-3@17: schema id 9 is not known to http://registry.test. Start the producer's host, which registers its schemas, "
            + "or set SchemaRegistry:Url to the registry the producer uses.");
        Should.Throw<UnknownSchemaException>(() => deserializer.Deserialize([0, 0, 0, 0, 9, 1], isNull: false, Value)).Message.ShouldStartWith("users (value): schema id 9");
    }

    [Fact]
    public void JSON_is_recognised() =>
        Refused<MalformedRecordException>("\"int\"", """{"id":7}"""u8.ToArray(), prefixed: false).ShouldContain("as JSON begins");

    [Fact]
    public void Bytes_missing_or_left_over_are_malformed()
    {
        Refused<MalformedRecordException>(UserV0, [6, .. "bo"u8]).ShouldContain("org.example.User (schema id 1)");
        Refused<MalformedRecordException>(UserV0, [6, .. "bob"u8, 14, 0]).ShouldContain("after the end");
        Refused<MalformedRecordException>(UserV0, []).ShouldContain("schema id 1");
    }

    [Fact]
    public void A_record_outside_the_catalogue_is_named()
    {
        Refused<UnknownRecordException>("""{"type":"record","name":"org.example.Other","fields":[]}""", []).ShouldContain("org.example.Other, which this process does not read");
        Refused<UnknownRecordException>("\"int\"", [2]).ShouldContain("no record");
        Refused<UnknownRecordException>("{", [2]).ShouldContain("no Avro schema");
    }

    [Fact]
    public void A_record_of_another_kind_than_asked_for_is_named()
    {
        var registry = new KnownSchemas().With(1, """{"type":"record","name":"org.example.Nothing","fields":[]}""");
        Should.Throw<UnknownRecordException>(() => new AvroDeserializer<User>(registry, AvroRecords.All).Deserialize([0, 0, 0, 0, 1], At)).Message.ShouldContain("no User");
    }

    [Fact]
    public void A_version_that_breaks_the_rules_of_evolution_says_how() =>
        Refused<UnresolvableRecordException>("""{"type":"record","name":"org.example.User","fields":[{"name":"id","type":"string"}]}""", [2, (byte)'1']).ShouldContain("org.example.User");

    [Fact]
    public void A_symbol_that_the_newest_version_dropped_spoils_its_own_record_only()
    {
        const string writer = """{"type":"record","name":"org.example.Choice","fields":[{"name":"of","type":{"type":"enum","name":"Of","symbols":["C","B"]}}]}""";
        Read(writer, [2]).ShouldBe(new Choice(Of.B, "none"));
        Refused<UnresolvableRecordException>(writer, [0]).ShouldContain("counterpart");
    }

    [Fact]
    public void A_registry_that_cannot_be_asked_is_no_fault_of_the_record()
    {
        using var client = new SchemaRegistryClient(new SchemaRegistryOptions { Url = "http://127.0.0.1:1", RetriesMax = 0 });
        var deserializer = new AvroDeserializer<User>(client, AvroRecords.All);
        Should.Throw<RegistryUnavailableException>(() => deserializer.Deserialize([0, 0, 0, 0, 1], At)).Message.ShouldContain("SchemaRegistry:Url");
    }

    [Fact]
    public void Random_bytes_never_do_more_than_be_refused()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var registry = new KnownSchemas().With(1, UserV0).With(2, UserV2).With(3, AvroRecords.All.Single(record => record.ClrType == typeof(Choice)).Schema.ToString());
        var deserializer = new AvroDeserializer<IAvroRecord>(registry, AvroRecords.All);
        for (var i = 0; i < 20_000; i++)
        {
            var frame = new byte[random.Next(40)];
            random.NextBytes(frame);
            if (frame.Length >= WireFormat.PrefixBytes)
                WireFormat.WritePrefix(frame, random.Next(1, 5));
            try
            {
                deserializer.Deserialize(frame, At);
            }
            catch (UndecodableRecordException)
            {
                // As it should be; anything else fails the test.
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, attempt {i}, {Convert.ToHexString(frame)}: {other}");
            }
        }
    }

    private static IAvroRecord Read(string writer, byte[] body) => new AvroDeserializer<IAvroRecord>(new KnownSchemas().With(1, writer), AvroRecords.All).Deserialize([0, 0, 0, 0, 1, .. body], At);

    private static string Refused<TException>(string writer, byte[] body, bool prefixed = true)
        where TException : UndecodableRecordException
    {
        var deserializer = new AvroDeserializer<IAvroRecord>(new KnownSchemas().With(1, writer), AvroRecords.All);
        byte[] frame = prefixed ? [0, 0, 0, 0, 1, .. body] : body;
        return Should.Throw<TException>(() => deserializer.Deserialize(frame, At)).Message;
    }
}
