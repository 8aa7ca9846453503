using Confluent.Kafka;
using Streaming.Avro;
using Streaming.Serdes.Registry;
using Streaming.Serdes.Tests.Records;

namespace Streaming.Serdes.Tests;

public sealed class AvroSerializerTests
{
    private static readonly SerializationContext Value = new(MessageComponentType.Value, "users");
    private readonly KnownSchemas _registry = new();
    private readonly User _user = new(7, "bob", "b@example.org");

    [Fact]
    public void Each_record_is_written_with_its_own_schema_which_is_registered_once()
    {
        var serializer = new AvroSerializer<IAvroRecord>(_registry);
        for (var i = 0; i < 3; i++)
        {
            serializer.Serialize(_user, Value)[4].ShouldBe((byte)1);
            serializer.Serialize(new Nothing(), Value).ShouldBe([0, 0, 0, 0, 2]);
        }
        _registry.Subjects.ShouldBe(["org.example.User", "org.example.Nothing"]);
    }

    [Fact]
    public void By_record_name_one_answer_serves_all_topics_and_by_topic_each_asks()
    {
        var byRecord = new AvroSerializer<User>(_registry);
        byRecord.Serialize(_user, Value);
        byRecord.Serialize(_user, new SerializationContext(MessageComponentType.Value, "others"));
        _registry.Questions.ShouldBe(1);

        var byTopic = new AvroSerializer<User>(_registry, new AvroSerializerOptions { SubjectNameStrategy = SubjectNameStrategy.Topic });
        byTopic.Serialize(_user, Value);
        byTopic.Serialize(_user, new SerializationContext(MessageComponentType.Key, "users"));
        byTopic.Serialize(_user, new SerializationContext(MessageComponentType.Value, "others"));
        _registry.Subjects[1..].ShouldBe(["users-value", "users-key", "others-value"]);
    }

    [Fact]
    public async Task Asynchronous_callers_get_the_same_bytes()
    {
        var serializer = new AvroSerializer<User?>(_registry);
        var first = await serializer.SerializeAsync(_user, Value);
        serializer.Serialize(_user, Value).ShouldBe(first);
        (await serializer.SerializeAsync(_user, Value)).ShouldBe(first);
        (await serializer.SerializeAsync(null, Value)).ShouldBeNull();
        serializer.Serialize(null, Value).ShouldBeNull();
    }

    [Fact]
    public async Task Prepared_serializers_ask_no_more()
    {
        var serializer = new AvroSerializer<IAvroRecord>(_registry);
        await serializer.PrepareAsync(AvroRecords.All, Value);
        var questions = _registry.Questions;
        serializer.Serialize(_user, Value);
        serializer.Serialize(new Nothing(), Value);
        _registry.Questions.ShouldBe(questions);
    }

    [Fact]
    public void Without_automatic_registration_an_unknown_schema_is_refused()
    {
        var serializer = new AvroSerializer<User>(_registry, new AvroSerializerOptions { AutoRegisterSchemas = false });
        Should.Throw<SchemaNotRegisteredException>(() => serializer.Serialize(_user, Value));
        _registry.With(5, _user.AvroRecordSchema());
        serializer.Serialize(_user, Value)[4].ShouldBe((byte)5);
    }

    [Fact]
    public void Only_the_returned_array_is_allocated()
    {
        var serializer = new AvroSerializer<IAvroRecord>(_registry);
        var frame = serializer.Serialize(_user, Value);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            frame = serializer.Serialize(_user, Value);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000;
        each.ShouldBeLessThanOrEqualTo((frame.Length + 24 + 7) & ~7);
    }

    [Fact]
    public async Task Threads_may_share_a_serializer()
    {
        var serializer = new AvroSerializer<IAvroRecord>(_registry);
        await serializer.PrepareAsync(AvroRecords.All, Value);
        var deserializer = new AvroDeserializer<User>(_registry, AvroRecords.All);
        await Parallel.ForAsync(0, 1_000, (i, _) =>
        {
            var user = new User(i, new string('x', i), null);
            deserializer.Deserialize(serializer.Serialize(user, Value), isNull: false, Value).ShouldBe(user);
            return ValueTask.CompletedTask;
        });
    }
}

internal static class RecordSchemas
{
    public static string AvroRecordSchema(this IAvroRecord record) => record.AvroSchema.ToString();
}
