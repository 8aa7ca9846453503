using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Generic;

public sealed class RandomValueTests
{
    private const int SeedCount = 300;

    [Fact]
    public void What_is_encoded_is_decoded_again() => Seeds.ForEach(SeedCount, random =>
    {
        var (schema, value, bytes) = Encoded(random);
        var decoded = GenericEncoding.Decode(schema, bytes);

        GoldenValue.Write(schema, decoded).ShouldBe(GoldenValue.Write(schema, value));
        GenericEncoding.Encode(schema, decoded).ShouldBe(bytes);
    });

    [Fact]
    public void A_field_that_was_added_comes_by_its_default_and_the_others_stay() => Seeds.ForEach(SeedCount, random =>
    {
        var (schema, _, bytes) = Encoded(random);
        var writer = AvroSchema.Parse($$"""{"type": "record", "name": "Whole", "fields": [{"name": "old", "type": {{schema}}}, {"name": "gone", "type": "int"}]}""");
        var reader = AvroSchema.Parse($$"""{"type": "record", "name": "Whole", "fields": [{"name": "new", "type": "int", "default": 3}, {"name": "old", "type": {{schema}}}]}""");

        ResolutionPlan.Create(writer, reader).Rewrite([.. bytes, 2]).ShouldBe([6, .. bytes]);
    });

    [Fact]
    public void No_part_of_a_payload_is_a_payload() => Seeds.ForEach(SeedCount, random =>
    {
        var (schema, _, bytes) = Encoded(random);
        for (var length = 0; length < bytes.Length; length += bytes.Length < 500 ? 1 : random.Next(1, 50))
            Should.Throw<MalformedAvroException>(() => GenericEncoding.Decode(schema, bytes.AsSpan(0, length)));
        Should.Throw<MalformedAvroException>(() => GenericEncoding.Decode(schema, [.. bytes, 0]));
    });

    [Fact]
    public void A_damaged_payload_is_a_value_or_a_clear_error() => Seeds.ForEach(SeedCount, random =>
    {
        var (schema, _, bytes) = Encoded(random);
        for (var i = 0; i < 50 && bytes.Length > 0; i++)
        {
            var damaged = bytes.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            DecodesOrRefuses(schema, damaged);
        }
    });

    [Fact]
    public void Noise_is_a_value_or_a_clear_error() => Seeds.ForEach(SeedCount, random =>
    {
        var schema = new RandomSchema(random).Schema();
        var noise = new byte[random.Next(200)];
        for (var i = 0; i < 20; i++)
        {
            random.NextBytes(noise);
            DecodesOrRefuses(schema, noise);
        }
    });

    private static (AvroSchema Schema, object? Value, byte[] Bytes) Encoded(Random random)
    {
        var some = new RandomSchema(random);
        var schema = some.Schema();
        var value = some.Value(schema);
        return (schema, value, GenericEncoding.Encode(schema, value));
    }

    private static void DecodesOrRefuses(AvroSchema schema, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            GenericEncoding.Decode(schema, bytes);
        }
        catch (MalformedAvroException)
        {
            // The clear error.
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20_000_000);
    }
}
