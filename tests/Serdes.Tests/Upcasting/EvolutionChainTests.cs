using Streaming.Avro;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests;
using Streaming.Contracts.Upcasting;
using Streaming.Serdes.Tests.Records;
using V1 = Streaming.Serdes.Tests.Records.V1;
using V2 = Streaming.Serdes.Tests.Records.V2;

namespace Streaming.Serdes.Tests.Upcasting;

/// <summary>One record in six versions under three names: fields come, go and move; one is renamed; one changes its meaning.</summary>
public sealed class EvolutionChainTests
{
    private const double ZeroCelsius = 273.15;

    private static readonly Upcaster[] _upcasters =
    [
        Upcaster.Of((V1.Measured e) => new V2.Measured(e.Sensor, e.Celsius, e.Rank, e.Note is null ? ["none"] : [e.Note])),
        Upcaster.Of((V2.Measured e) => new Measured(e.Device, e.Celsius + ZeroCelsius, e.Rank, e.Tags)),
    ];

    [Fact]
    public void Whatever_version_wrote_it_the_newest_record_says_the_same()
    {
        var versions = new[] { V1.Measured.RecordType, V2.Measured.RecordType, Measured.RecordType }.SelectMany(record => record.Versions).ToList();
        versions.Count.ShouldBe(6);
        var registry = new KnownSchemas();
        for (var i = 0; i < versions.Count; i++)
            registry.With(i + 1, versions[i].ToString());
        var readers = new RecordReaders(registry, AvroRecords.All, _upcasters);

        Seeds.ForEach(2_000, random =>
        {
            var id = random.Next(versions.Count) + 1;
            var values = versions[id - 1].Fields.ToDictionary(field => field.Name, field => Some(field, random));
            var body = GenericEncoding.Encode(versions[id - 1], new GenericRecord(versions[id - 1], [.. values.Values]));

            readers.Find(id).Read(body).ShouldBe(Expected(id, values), $"version {id}");
        });
    }

    [Fact]
    public void Bytes_that_are_cut_or_follow_are_refused_in_every_version()
    {
        var versions = V1.Measured.RecordType.Versions;
        for (var i = 0; i < versions.Count; i++)
        {
            var reader = new RecordReaders(new KnownSchemas().With(1, versions[i].ToString()), AvroRecords.All, _upcasters).Find(1);
            var body = GenericEncoding.Encode(versions[i], new GenericRecord(versions[i], [.. versions[i].Fields.Select(field => Some(field, new Random(i)))]));
            reader.Read(body).ShouldBeOfType<Measured>();
            for (var length = 0; length < body.Length; length++)
                Should.Throw<MalformedRecordException>(() => reader.Read(body.AsSpan(0, length)));
            Should.Throw<MalformedRecordException>(() => reader.Read([.. body, 0]));
        }
    }

    [Fact]
    public void A_value_that_an_upcaster_does_not_take_is_poison_and_named()
    {
        var reader = new RecordReaders(new KnownSchemas().With(1, V1.Measured.RecordType.Schema.ToString()), AvroRecords.All,
            [Upcaster.Of<V1.Measured, Measured>(_ => throw new OverflowException("too hot"))]).Find(1);
        var old = AvroEncoding.EncodeToArray(new V1.Measured(1, 2, null, "s"));
        Should.Throw<UnresolvableRecordException>(() => reader.Read(old)).Message.ShouldBe("the upcaster of org.example.Measured (schema id 1) does not take this value: too hot");
    }

    [Fact]
    public void Without_upcasters_a_record_is_read_as_it_was_written()
    {
        var old = new V1.Measured(1, 2, null, "s");
        new RecordReaders(new KnownSchemas().With(1, V1.Measured.RecordType.Schema.ToString()), AvroRecords.All, []).Find(1).Read(AvroEncoding.EncodeToArray(old)).ShouldBe(old);
    }

    [Fact]
    public void A_circle_of_upcasters_is_refused_before_anything_is_read() =>
        Should.Throw<InvalidUpcastersException>(() => new RecordReaders(new KnownSchemas(), AvroRecords.All,
            [_upcasters[0], Upcaster.Of((V2.Measured e) => new V1.Measured(e.Rank, e.Celsius, null, e.Device))]));

    private static Measured Expected(int version, Dictionary<string, object?> written)
    {
        var device = (string)(version < 4 ? written["sensor"] : written["device"])!;
        var kelvin = version == 6 ? (double)written["kelvin"]! : (double)written["celsius"]! + ZeroCelsius;
        var rank = written.TryGetValue("rank", out var given) ? (int)given! : 7;
        // The note became a tag where an upcaster saw it, and was dropped where a version dropped it.
        var note = version <= 3 && written.TryGetValue("note", out var union) ? (string?)((GenericUnion)union!).Value : null;
        IReadOnlyList<string> tags = written.TryGetValue("tags", out var list) ? [.. ((IReadOnlyList<object?>)list!).Cast<string>()] : [note ?? "none"];
        return new Measured(device, kelvin, rank, tags);
    }

    private static object? Some(RecordField field, Random random) => field.Schema switch
    {
        UnionSchema => random.Next(2) == 0 ? new GenericUnion(0, null) : new GenericUnion(1, Text(random)),
        ArraySchema => Enumerable.Range(0, random.Next(4)).Select(_ => (object?)Text(random)).ToList(),
        { Type: AvroType.Int } => random.Next(int.MinValue, int.MaxValue),
        { Type: AvroType.Double } => random.NextDouble() * 1_000,
        _ => Text(random),
    };

    private static string Text(Random random) => new([.. Enumerable.Range(0, random.Next(12)).Select(_ => "aé€ß \u0001"[random.Next(6)])]);
}
