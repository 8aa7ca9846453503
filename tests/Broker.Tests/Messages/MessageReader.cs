using System.Diagnostics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Reads a message to its end as its definition says, keeping nothing of it.</summary>
internal static class MessageReader
{
    /// <param name="frame">A response without its length, from the correlation id on.</param>
    /// <exception cref="MalformedFrameException">It is something else.</exception>
    public static void ReadResponse(ReadOnlyMemory<byte> frame, ApiKey key, short version)
    {
        var definition = MessageDefinition.Response(key);
        var header = new WireReader(frame, version, definition.IsFlexible(version));
        header.ReadInt32();
        if (key != ApiKey.ApiVersions)
            header.SkipTags();
        var body = new WireReader(frame[^header.Remaining..], version, definition.IsFlexible(version));
        Read(ref body, definition.Fields);
        body.ExpectEnd();
    }

    private static void Read(ref WireReader reader, IReadOnlyList<MessageField> fields)
    {
        foreach (var field in MessageField.InPlace(fields, reader.Version))
            Read(ref reader, field);
        var version = reader.Version;
        reader.ReadTags((tag, ref content) =>
        {
            if (MessageField.Tagged(fields, version).FirstOrDefault(field => field.Tag == tag) is not { } known)
                throw new MalformedFrameException($"There is no tag {tag}.");
            Read(ref content, known);
            content.ExpectEnd();
        });
    }

    private static void Read(ref WireReader reader, MessageField field)
    {
        var isNullable = field.IsNullable(reader.Version);
        if (!field.IsArray)
            ReadElement(ref reader, field, isNullable);
        else if (reader.ReadNullableArray((ref r) => ReadElement(ref r, field, isNullable: false)) is null && !isNullable)
            throw new MalformedFrameException($"{field.Name} is null.");
    }

    private static int ReadElement(ref WireReader reader, MessageField field, bool isNullable)
    {
        if (field.Fields is { } fields)
        {
            if (!isNullable || field.IsArray || reader.ReadInt8() >= 0)
                Read(ref reader, fields);
            return 0;
        }

        return field.ElementType switch
        {
            "bool" => reader.ReadInt8() is 0 or 1 ? 0 : throw new MalformedFrameException($"{field.Name} is neither false nor true."),
            "int8" => reader.ReadInt8(),
            "int16" => reader.ReadInt16(),
            "int32" => reader.ReadInt32(),
            "int64" => (int)reader.ReadInt64(),
            "uuid" => reader.ReadUuid().GetHashCode(),
            "string" => (isNullable ? reader.ReadNullableString() : reader.ReadString())?.Length ?? -1,
            "bytes" or "records" => (isNullable ? reader.ReadNullableBytes() : reader.ReadBytes())?.Length ?? -1,
            _ => throw new UnreachableException($"{field.Name} is of type {field.Type}."),
        };
    }
}
