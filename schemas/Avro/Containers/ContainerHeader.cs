using System.Text;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Containers;

/// <summary>What a container file begins with: magic, metadata (the schema and codec among them), sync marker.</summary>
/// <remarks>Source: Avro specification 1.12, "Object Container Files".</remarks>
internal sealed record ContainerHeader(AvroSchema Schema, ContainerCodec Codec, IReadOnlyDictionary<string, byte[]> Metadata, byte[] Sync)
{
    public const int SyncBytes = 16;
    private const string SchemaKey = "avro.schema";
    private const string CodecKey = "avro.codec";
    private const string ReservedPrefix = "avro.";

    // What metadata may take in memory: schemas are some kilobytes.
    private const int MetadataBytesMax = 16 * 1_024 * 1_024;

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    /// <exception cref="MalformedContainerException">It is none, or cut.</exception>
    public static ContainerHeader Read(ContainerInput input)
    {
        if (!input.ReadBytes(Magic.Length, "the magic bytes").AsSpan().SequenceEqual(Magic))
            throw new MalformedContainerException("This is no Avro container file: it does not begin with 'Obj' and 1.");
        var all = ReadMetadata(input);
        var sync = input.ReadBytes(SyncBytes, "the sync marker");
        var schema = all.TryGetValue(SchemaKey, out var text) ? Parse(text) : throw new MalformedContainerException($"The metadata has no {SchemaKey}.");
        var codec = all.TryGetValue(CodecKey, out var name) ? BlockCodec.Find(Encoding.UTF8.GetString(name)) : ContainerCodec.Null;
        return new ContainerHeader(schema, codec, all.Where(entry => !IsReserved(entry.Key)).ToDictionary(), sync);
    }

    public void Write(Stream output)
    {
        output.Write(Magic);
        ContainerOutput.WriteLong(output, Metadata.Count + 2);
        Write(output, SchemaKey, Encoding.UTF8.GetBytes(Schema.ToString()));
        Write(output, CodecKey, Encoding.UTF8.GetBytes(BlockCodec.Name(Codec)));
        foreach (var (key, value) in Metadata)
            Write(output, key, value);
        ContainerOutput.WriteLong(output, 0);
        output.Write(Sync);
    }

    /// <summary>Whether a key is Avro's own.</summary>
    public static bool IsReserved(string key) => key.StartsWith(ReservedPrefix, StringComparison.Ordinal);

    private static Dictionary<string, byte[]> ReadMetadata(ContainerInput input)
    {
        var metadata = new Dictionary<string, byte[]>();
        var left = MetadataBytesMax;
        while (input.ReadLong("the metadata") is var count and not 0)
        {
            if (count < 0)
            {
                // Followed by its size in bytes, which nobody needs who reads it all.
                input.ReadLong("the metadata");
                count = count == long.MinValue ? throw new MalformedContainerException("A gigantic number of metadata entries.") : -count;
            }

            for (; count > 0; count--)
            {
                var key = Encoding.UTF8.GetString(ReadBytes(input, ref left));
                metadata[key] = ReadBytes(input, ref left);
            }
        }

        return metadata;
    }

    private static byte[] ReadBytes(ContainerInput input, ref int left)
    {
        var length = input.ReadLong("the metadata");
        if (length < 0 || length > left)
            throw new MalformedContainerException($"Metadata of {length} bytes, where at most {left} are taken.");
        left -= (int)length;
        return input.ReadBytes((int)length, "the metadata");
    }

    private static AvroSchema Parse(byte[] text)
    {
        try
        {
            return AvroSchema.Parse(Encoding.UTF8.GetString(text));
        }
        catch (InvalidSchemaException cause)
        {
            throw new MalformedContainerException($"The schema of the file is invalid: {cause.Message}", cause);
        }
    }

    private static void Write(Stream output, string key, byte[] value)
    {
        var name = Encoding.UTF8.GetBytes(key);
        ContainerOutput.WriteLong(output, name.Length);
        output.Write(name);
        ContainerOutput.WriteLong(output, value.Length);
        output.Write(value);
    }
}
