using System.Numerics;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.Avro.Generic;
using Streaming.Fixtures;
using Streaming.Serdes;
using Streaming.Serdes.Registry;
using Theirs = Confluent.SchemaRegistry.Serdes;

namespace Streaming.Interop.Tests.Records;

/// <summary>Generated records in Confluent's own serializers, which take them for records of Apache.Avro.</summary>
public abstract class RecordInterop(RegistryFixture registry) : IDisposable
{
    private static readonly DateTimeOffset At = new(2022, 3, 15, 12, 0, 0, 123, 456, TimeSpan.Zero);
    private static readonly Line Line = new(1, new Line(2, null));

    private static readonly Theirs.AvroSerializerConfig ByRecord = new() { SubjectNameStrategy = Confluent.SchemaRegistry.SubjectNameStrategy.Record };

    private readonly CachedSchemaRegistryClient _theirs = new(new SchemaRegistryConfig { Url = registry.Url });
    private readonly SchemaRegistryClient _ours = new(registry.Url);
    private readonly SerializationContext _context = new(MessageComponentType.Value, SomeNames.Name("records"));

    [ConformanceFact]
    public async Task Every_shape_of_record_goes_through_Confluents_serdes_and_ours()
    {
        foreach (var shape in Shapes())
            await shape.GoesThrough(this);
    }

    [ConformanceFact]
    public async Task Records_of_several_types_go_through_one_serializer()
    {
        var serializer = new Theirs.AvroSerializer<ISpecificRecord>(_theirs, ByRecord);
        var reader = new AvroDeserializer<object>(_ours, AvroRecords.All);
        foreach (var record in new ISpecificRecord[] { Line, new Empty(), new Wrapping { Inner = null } })
            reader.Deserialize(await serializer.SerializeAsync(record, _context), new TopicPartitionOffset(_context.Topic, 0, 0)).ShouldBe(record);
    }

    [ConformanceFact]
    public async Task The_version_before_is_read_as_the_newest()
    {
        var first = Evolved.RecordType.Versions[0];
        var id = await _ours.RegisterAsync(_context.Topic + "-value", first.ToString());
        var body = GenericEncoding.Encode(first, new GenericRecord(first, [5, "forgotten", "B"]));
        var frame = new byte[WireFormat.PrefixBytes + body.Length];
        WireFormat.WritePrefix(frame, id);
        body.CopyTo(frame, WireFormat.PrefixBytes);

        var newest = new Evolved(EvolvedKind.B, 5, null, [], 7);
        (await new Theirs.AvroDeserializer<Evolved>(_theirs).DeserializeAsync(frame, isNull: false, _context)).ShouldBe(newest);
        new AvroDeserializer<Evolved>(_ours, AvroRecords.All).Deserialize(frame, new TopicPartitionOffset(_context.Topic, 0, 0)).ShouldBe(newest);
    }

    [ConformanceFact]
    public async Task The_newest_is_read_by_who_knows_the_version_before()
    {
        var first = (global::Avro.RecordSchema)global::Avro.Schema.Parse(Evolved.RecordType.Versions[0].ToString().Replace("\"int\"", "\"long\"", StringComparison.Ordinal));
        var frame = await new Theirs.AvroSerializer<Evolved>(_theirs).SerializeAsync(new Evolved(EvolvedKind.C, 6, "new", ["x"], 1), _context);

        using var body = new MemoryStream(frame[WireFormat.PrefixBytes..]);
        var read = new global::Avro.Generic.GenericReader<global::Avro.Generic.GenericRecord>(Evolved._SCHEMA, first).Read(null!, new global::Avro.IO.BinaryDecoder(body));
        (read["id"], read["gone"], ((global::Avro.Generic.GenericEnum)read["kind"]).Value).ShouldBe((6L, "", "C"));
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _theirs.Dispose();
        _ours.Dispose();
    }

    private static IEnumerable<IShape> Shapes()
    {
        yield return Case("plain", new Plain(true, -5, long.MinValue, 1.5f, -0.25, new byte[] { 1, 2 }, "Größe \u2713", default, new byte[] { 1, 2, 3, 4 }, Kind.@class, 7, Kind.NONE, new byte[] { 9, 8, 7, 6 }, "one"));
        yield return Case("plain, with nulls", new Plain(false, 0, 0, 0, 0, Array.Empty<byte>(), "", default, new byte[4], Kind.some, null, null, null, ""));
        yield return Case("times and amounts", new Timed(Guid.Parse("8efec65f-75c1-40df-a97c-e723ab18ed4f"), 12.5m, AvroDecimal.Parse("-12345678901234567890123456789012345678.0123456789"),
            new DateOnly(1969, 12, 31), new TimeOnly(23, 59, 59, 999), new TimeOnly(1, 2, 3, 4, 5), At.AddMicroseconds(-456), At, 17, At.DateTime.AddMicroseconds(-456), At.DateTime, 0.05m, At));
        yield return Case("times and amounts, with nulls", new Timed(Guid.Empty, 0, new AvroDecimal(BigInteger.Zero, 10), new DateOnly(9999, 12, 31), default, default,
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, long.MaxValue, DateTime.UnixEpoch, DateTime.UnixEpoch, null, null));
        yield return Case("nested", new Nested(Line, [Line, new Line(3, null)], Map(("b", Line), ("a", Line)), Line, [1, -1, 0], ["x", null], [Mark.B, Mark.A], [new byte[] { 1, 2 }], [[1, 2], [], [3]],
            Map(("n", 1L)), [new DateOnly(2022, 3, 15)], Map<DateTimeOffset?>(("t", At), ("never", null)), [Line], [1, null], [Map(("one", 1)), Map<int>()], Map<IReadOnlyList<Line>>(("l", [Line]))));
        yield return Case("nested, empty", new Nested(Line, [], Map<Line>(), null, [], [], [], [], [], Map<long>(), [], Map<DateTimeOffset?>(), null, [], [], Map<IReadOnlyList<Line>>()));
        foreach (var (name, value) in Choices())
            yield return Case($"a union's {name}", new Chosen(value, new Chosen.MarkChoice.OfString("m"), []));
        yield return Case("a union's symbol", new Chosen(null, new Chosen.MarkChoice.OfGrade(Grade.HIGH), []));
        yield return Case("a union's timestamp", new Chosen(null, new Chosen.MarkChoice.OfLong(At), []));
        yield return Case("unions in an array", new Chosen(null, new Chosen.MarkChoice.OfString(""),
            [new Chosen.SeveralItemChoice.OfInt(4), new Chosen.SeveralItemChoice.OfAnswer(new Answer(true)), new Chosen.SeveralItemChoice.OfString("s")]));
        yield return Case("strong types", new Strong(new OwnerId("me"), new OwnerId("you"), [new OwnerId("them")], new Paid(9.99m)));
        yield return Case("without a namespace", new LowerCase(new Unplaced(1), [new Unplaced(2)], [null, new LowerCase(new Unplaced(3), [], [])]));
        yield return Case("empty", new Empty());
        yield return Case("of one field", new Wrapping { Inner = new Wrapping { Inner = null } });
    }

    private static IEnumerable<(string Name, Chosen.ValueChoice? Value)> Choices() =>
    [
        ("null", null), ("int", new Chosen.ValueChoice.OfInt(1)), ("long", new Chosen.ValueChoice.OfLong(1)), ("double", new Chosen.ValueChoice.OfDouble(1)),
        ("boolean", new Chosen.ValueChoice.OfBoolean(true)), ("bytes", new Chosen.ValueChoice.OfBytes(new byte[] { 1 })), ("text", new Chosen.ValueChoice.OfString("t")),
        ("record", new Chosen.ValueChoice.OfAnswer(new Answer(true))), ("array", new Chosen.ValueChoice.OfArray([1, 2])),
        ("map", new Chosen.ValueChoice.OfMap(Map(("k", "v")))), ("fixed", new Chosen.ValueChoice.OfSeal(new byte[] { 1, 2, 3 })),
    ];

    private static OrderedDictionary<string, T> Map<T>(params (string Key, T Value)[] entries) => new(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    private static Shape<T> Case<T>(string name, T record)
        where T : class, ISpecificRecord, IAvroRecord<T> =>
        new(name, record);

    private interface IShape
    {
        string Name { get; }

        Task GoesThrough(RecordInterop interop);
    }

    private sealed record Shape<T>(string Name, T Record) : IShape
        where T : class, ISpecificRecord, IAvroRecord<T>
    {
        public async Task GoesThrough(RecordInterop interop)
        {
            var ours = new AvroSerializer<T>(interop._ours).Serialize(Record, interop._context);
            var theirs = await new Theirs.AvroSerializer<T>(interop._theirs, ByRecord).SerializeAsync(Record, interop._context);

            Convert.ToHexString(theirs.AsSpan(WireFormat.PrefixBytes)).ShouldBe(Convert.ToHexString(ours.AsSpan(WireFormat.PrefixBytes)), Name);
            var reader = new Theirs.AvroDeserializer<T>(interop._theirs);
            (await reader.DeserializeAsync(ours, isNull: false, interop._context)).ShouldBe(Record, Name);
            (await reader.DeserializeAsync(theirs, isNull: false, interop._context)).ShouldBe(Record, Name);
            new AvroDeserializer<T>(interop._ours, AvroRecords.All).Deserialize(theirs, new TopicPartitionOffset(interop._context.Topic, 0, 0)).ShouldBe(Record, Name);
        }
    }
}

public sealed class EmbeddedRecordInterop(EmbeddedRegistryFixture registry) : RecordInterop(registry), IClassFixture<EmbeddedRegistryFixture>;

[Needs(RealServer.Registry)]
public sealed class RealRecordInterop(RealRegistryFixture registry) : RecordInterop(registry), IClassFixture<RealRegistryFixture>;
