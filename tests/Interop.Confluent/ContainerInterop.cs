using Avro.File;
using Avro.Generic;
using Streaming.Avro.Containers;
using Streaming.Avro.Generic;
using Streaming.Avro.Schema;

namespace Streaming.Interop.Tests;

/// <summary>Container files, from Apache's library to ours and back.</summary>
public sealed class ContainerInterop
{
    private const string Schema = """{"type": "record", "name": "R", "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}]}""";

    [Theory]
    [InlineData(ContainerCodec.Null)]
    [InlineData(ContainerCodec.Deflate)]
    public void Apache_reads_what_we_write(ContainerCodec codec)
    {
        using var file = new MemoryStream();
        var schema = (RecordSchema)AvroSchema.Parse(Schema);
        using (var writer = ContainerWriter.Create(file, schema, codec, blockBytes: 300))
        {
            for (var i = 0L; i < 200; i++)
                writer.Write(new Streaming.Avro.Generic.GenericRecord(schema, [i, i % 3 == 0 ? new GenericUnion(0, null) : new GenericUnion(1, $"name {i}")]));
        }

        file.Position = 0;
        using var reader = DataFileReader<global::Avro.Generic.GenericRecord>.OpenReader(file);
        reader.NextEntries.Select(record => ((long)record["id"], (string?)record["name"])).ShouldBe(Enumerable.Range(0, 200).Select(i => ((long)i, i % 3 == 0 ? null : $"name {i}")));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("deflate")]
    public void We_read_what_Apache_writes(string codec)
    {
        using var file = new MemoryStream();
        var schema = (global::Avro.RecordSchema)global::Avro.Schema.Parse(Schema);
        using (var writer = DataFileWriter<global::Avro.Generic.GenericRecord>.OpenWriter(new GenericDatumWriter<global::Avro.Generic.GenericRecord>(schema), file, Codec.CreateCodecFromString(codec), leaveOpen: true))
        {
            writer.SetSyncInterval(100);
            for (var i = 0L; i < 200; i++)
            {
                var record = new global::Avro.Generic.GenericRecord(schema);
                record.Add("id", i);
                record.Add("name", i % 3 == 0 ? null : $"name {i}");
                writer.Append(record);
            }
        }

        file.Position = 0;
        ContainerReader.Open(file).ReadValues().Cast<Streaming.Avro.Generic.GenericRecord>().Select(record => ((long)record["id"]!, (string?)((GenericUnion)record["name"]!).Value))
            .ShouldBe(Enumerable.Range(0, 200).Select(i => ((long)i, i % 3 == 0 ? null : $"name {i}")));
    }
}
