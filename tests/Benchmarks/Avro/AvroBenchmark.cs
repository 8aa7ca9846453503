using System.Globalization;
using Streaming.Avro;
using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;

namespace Streaming.Benchmarks.Avro;

/// <summary>Encoding and decoding of a ten-field event: ours against Apache.Avro.</summary>
internal static class AvroBenchmark
{
    public static readonly Measured Event = new(
        "XYZ-1", "Minneapolis-2", Quantity: 20, OnHand: 1_190, Sequence: 123_456, Customer: 8_589_934_592, Price: 12.5, IsUrgent: true, "counter sale", new DateTimeOffset(2022, 3, 15, 9, 30, 0, TimeSpan.Zero));

    public static Task RunAsync()
    {
        var buffer = new byte[256];
        var bytes = AvroEncoding.EncodeToArray(Event);
        Console.WriteLine($"{bytes.Length} bytes per event.");

        Rounds.Compare("encode", [new("ours, into a span", count => Encode(count, buffer)), new("written by hand", count => EncodeByHand(count, buffer)), .. Peers.Encoders()]);
        Rounds.Compare("decode", [new("ours", count => Decode(count, bytes)), new("written by hand", count => DecodeByHand(count, bytes)), .. Peers.Decoders(bytes)]);
        CompareVersions("decode an older version (one field fewer)", Older(""",{"name":"reason","type":["null","string"],"default":null}""", ""), bytes);
        CompareVersions("decode an older version (a long was an int)", Older("\"sequence\",\"type\":\"long\"", "\"sequence\",\"type\":\"int\""), bytes);
        return Task.CompletedTask;
    }

    private static void Encode(int count, byte[] buffer)
    {
        for (; count > 0; count--)
            AvroEncoding.Encode(Event, buffer);
    }

    private static void EncodeByHand(int count, byte[] buffer)
    {
        for (; count > 0; count--)
            HandWritten.Encode(Event, buffer);
    }

    private static void DecodeByHand(int count, byte[] bytes)
    {
        for (; count > 0; count--)
            HandWritten.Decode(bytes);
    }

    private static void Decode(int count, byte[] bytes)
    {
        for (; count > 0; count--)
            AvroEncoding.Decode<Measured>(bytes);
    }

    private static void Decode(int count, ResolutionPlan plan, byte[] bytes)
    {
        for (; count > 0; count--)
            plan.Decode<Measured>(bytes);
    }

    private static void CompareVersions(string title, RecordSchema older, byte[] newestBytes)
    {
        var plan = ResolutionPlan.Create(older, Measured.RecordType.Schema);
        var bytes = GenericEncoding.Encode(older, OlderValue(older));
        Rounds.Compare(title,
            [new("ours", count => Decode(count, plan, bytes)), new("ours, of the version it reads by", count => Decode(count, newestBytes)), .. Peers.ResolvingDecoders(older.ToString(), bytes)]);
    }

    private static RecordSchema Older(string now, string before) =>
        (RecordSchema)AvroSchema.Parse(Measured.RecordType.Schema.ToString().Replace(now, before, StringComparison.Ordinal));

    private static GenericRecord OlderValue(RecordSchema older)
    {
        var newer = (GenericRecord)GenericEncoding.Decode(Measured.RecordType.Schema, AvroEncoding.EncodeToArray(Event))!;
        return new GenericRecord(older, [.. older.Fields.Select(field => field.Schema.Type == AvroType.Int ? Convert.ToInt32(newer[field.Name], CultureInfo.InvariantCulture) : newer[field.Name])]);
    }
}
