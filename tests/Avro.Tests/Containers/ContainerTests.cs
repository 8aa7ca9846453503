using Streaming.Avro.Containers;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Tests.Containers;

public sealed class ContainerTests
{
    private static readonly AvroSchema _text = AvroSchema.Parse("\"string\"");

    [Fact]
    public void Values_of_any_schema_are_read_back() => Seeds.ForEach(100, random =>
    {
        var some = new RandomSchema(random);
        var schema = some.Schema();
        var values = Enumerable.Range(0, random.Next(1, 50)).Select(_ => GenericEncoding.Encode(schema, some.Value(schema))).ToList();
        using var file = new MemoryStream();
        using (var writer = ContainerWriter.Create(file, schema, (ContainerCodec)random.Next(4), blockBytes: random.Next(1, 2_000)))
            values.ForEach(value => writer.WriteEncoded(value));

        file.Position = 0;
        ContainerReader.Open(file).ReadEncoded().ShouldBe(values);
    });

    [Fact]
    public void What_is_flushed_can_be_read_while_writing_goes_on()
    {
        using var file = new MemoryStream();
        using var writer = ContainerWriter.Create(file, _text);
        writer.Write("one");
        writer.Flush();
        writer.Write("two");
        file.Position = 0;
        ContainerReader.Open(file).ReadValues().ShouldBe(["one"]);
    }

    [Fact]
    public void A_file_that_is_cut_or_damaged_gives_what_is_whole_and_then_an_error() => Seeds.ForEach(200, random =>
    {
        var texts = Enumerable.Range(0, 40).Select(i => $"{i} {new string((char)('a' + (i % 26)), random.Next(50))}").ToList();
        using var file = new MemoryStream();
        using (var writer = ContainerWriter.Create(file, _text, (ContainerCodec)random.Next(4), blockBytes: 200))
            texts.ForEach(text => writer.Write(text));
        var bytes = file.ToArray();
        if (random.Next(2) == 0)
            bytes = bytes[..random.Next(bytes.Length)];
        else
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));

        var read = new List<object?>();
        try
        {
            using var damaged = new MemoryStream(bytes);
            read.AddRange(ContainerReader.Open(damaged).ReadValues());
        }
        catch (MalformedContainerException)
        {
            // As it should be, unless a cut is just between two blocks, or the damage in a text.
        }

        read.Count.ShouldBeLessThanOrEqualTo(texts.Count);
    });

    [Fact]
    public void A_small_block_that_becomes_gigantic_is_refused()
    {
        using var file = new MemoryStream();
        using (var writer = ContainerWriter.Create(file, _text))
            writer.Write(new string('x', 10_000_000));
        file.Length.ShouldBeLessThan(100_000);
        file.Position = 0;
        Should.Throw<MalformedContainerException>(() => ContainerReader.Open(file, blockBytesMax: 1_000_000).ReadValues().Count()).Message.ShouldContain("more than 1000000 bytes");
    }

    [Fact]
    public void Two_thousand_million_nulls_in_no_bytes_are_refused()
    {
        using var file = new MemoryStream();
        byte[] sync;
        using (var writer = ContainerWriter.Create(file, AvroSchema.Parse("\"null\""), ContainerCodec.Null))
            writer.Write(null);
        sync = file.ToArray()[^16..];
        file.SetLength(file.Length - 18);   // Count, size, sync marker.
        file.Position = file.Length;
        file.Write([0x80, 0xA8, 0xD6, 0xB9, 0x07, 0, .. sync]);
        file.Position = 0;
        Should.Throw<MalformedContainerException>(() => ContainerReader.Open(file).ReadValues().Count()).Message.ShouldContain("without a byte");
    }

    [Fact]
    public void Metadata_of_Avros_own_cannot_be_given() => Should.Throw<ArgumentException>(
        () => ContainerWriter.Create(new MemoryStream(), _text, metadata: new Dictionary<string, byte[]> { ["avro.codec"] = [] })).Message.ShouldContain("avro.codec");
}
