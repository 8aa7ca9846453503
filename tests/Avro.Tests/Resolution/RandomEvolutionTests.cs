using System.Text;
using Streaming.Avro.Binary;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Tests.Resolution;

/// <summary>Records of any fields, read by schemas whose fields stand elsewhere, are wider, are gone, or were added.</summary>
public sealed class RandomEvolutionTests
{
    private const int SeedCount = 300;
    private const long AllocatedBytesMax = 20_000_000;

    [Fact]
    public void Every_field_keeps_its_value_through_whatever_evolution() => Seeds.ForEach(SeedCount, random =>
    {
        var evolution = new Evolution(random);
        var read = (GenericRecord)GenericEncoding.Decode(evolution.Reader, evolution.Plan.Rewrite(evolution.Bytes))!;

        foreach (var field in evolution.Reader.Fields.Where(field => field.Name != Evolution.Added))
        {
            var (writer, value) = (evolution.Writer.Find(field.Name)!.Schema, evolution.Value[field.Name]);
            GoldenValue.Write(field.Schema, read[field.Name]).ShouldBe(GoldenValue.Write(field.Schema, Promoted(writer.Type, field.Schema.Type, value)), field.Name);
        }
        read[Evolution.Added].ShouldBe("new");
    });

    [Fact]
    public void A_damaged_payload_of_an_old_version_is_a_value_or_a_clear_error() => Seeds.ForEach(SeedCount, random =>
    {
        var evolution = new Evolution(random);
        for (var i = 0; i < 30; i++)
        {
            var damaged = evolution.Bytes.AsSpan(0, random.Next(evolution.Bytes.Length + 1)).ToArray();
            for (var changes = random.Next(4); changes > 0 && damaged.Length > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                GenericEncoding.Decode(evolution.Reader, evolution.Plan.Rewrite(damaged));
            }
            catch (MalformedAvroException)
            {
                // The clear error.
            }
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(AllocatedBytesMax);
        }
    });

    private static object? Promoted(AvroType from, AvroType to, object? value) => (from, to) switch
    {
        (AvroType.Int, AvroType.Long) => (long)(int)value!,
        (AvroType.Int, AvroType.Float) => (float)(int)value!,
        (AvroType.Int, AvroType.Double) => (double)(int)value!,
        (AvroType.Long, AvroType.Float) => (float)(long)value!,
        (AvroType.Long, AvroType.Double) => (double)(long)value!,
        (AvroType.Float, AvroType.Double) => (double)(float)value!,
        (AvroType.String, AvroType.Bytes) => Encoding.UTF8.GetBytes((string)value!),
        _ => value,
    };
}
