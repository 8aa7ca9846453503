using System.Diagnostics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Writes requests as their definitions say, and notes where each field begins.</summary>
internal sealed class MessageWriter(Random random, RequestValues values)
{
    private const int ArrayLengthMax = 3;
    private const int OneInNulls = 8;
    private readonly List<int> _fieldStarts = [];

    /// <summary>A frame with its length, and where the fields of its body begin.</summary>
    public (byte[] Frame, IReadOnlyList<int> FieldStarts) Write(ApiKey key, short version)
    {
        var definition = MessageDefinition.Request(key);
        using var header = new WireWriter();
        header.Reset(version, isFlexible: false);
        header.WriteInt32(0); // The length, known at the end.
        header.WriteInt16((short)key);
        header.WriteInt16(version);
        header.WriteInt32(random.Next());
        header.WriteNullableString("client");
        if (definition.IsFlexible(version))
            header.WriteUnsignedVarint(0);
        using var body = new WireWriter();
        body.Reset(version, definition.IsFlexible(version));
        _fieldStarts.Clear();
        Write(body, definition.Fields);
        header.PatchInt32(0, header.Length - sizeof(int) + body.Length);
        return ([.. header.Written.Span, .. body.Written.Span], [.. _fieldStarts.Select(start => header.Length + start)]);
    }

    private void Write(WireWriter writer, IReadOnlyList<MessageField> fields)
    {
        foreach (var field in MessageField.InPlace(fields, writer.Version))
            Write(writer, field);
        if (!writer.IsFlexible)
            return;
        var tagged = MessageField.Tagged(fields, writer.Version).Where(_ => random.Next(2) == 0);
        writer.WriteTags([.. tagged.Select(field => (field.Tag, (Action<WireWriter>)(content => Write(content, field))))]);
    }

    private void Write(WireWriter writer, MessageField field)
    {
        _fieldStarts.Add(writer.Length);
        var isNull = field.IsNullable(writer.Version) && random.Next(OneInNulls) == 0;
        if (field.IsArray)
            writer.WriteNullableArray(isNull ? null : new int[random.Next(ArrayLengthMax + 1)], (w, _) => WriteElement(w, field, isNull: false));
        else
            WriteElement(writer, field, isNull);
    }

    private void WriteElement(WireWriter writer, MessageField field, bool isNull)
    {
        if (field.Fields is { } fields)
        {
            if (field.IsNullable(writer.Version) && !field.IsArray)
                writer.WriteInt8(isNull ? (sbyte)-1 : (sbyte)1);
            if (!isNull)
                Write(writer, fields);
            return;
        }

        switch (field.ElementType)
        {
            case "bool":
                writer.WriteBoolean(random.Next(2) == 0);
                break;
            case "int8":
                writer.WriteInt8((sbyte)values.Number(field));
                break;
            case "int16":
                writer.WriteInt16((short)values.Number(field));
                break;
            case "int32":
                writer.WriteInt32((int)values.Number(field));
                break;
            case "int64":
                writer.WriteInt64(values.Number(field));
                break;
            case "uuid":
                writer.WriteUuid(values.Id());
                break;
            case "string":
                writer.WriteNullableString(isNull ? null : values.Text(field));
                break;
            case "bytes" or "records":
                writer.WriteNullableBytes(isNull ? (ReadOnlyMemory<byte>?)null : values.Bytes(field));
                break;
            default:
                throw new UnreachableException($"{field.Name} is of type {field.Type}.");
        }
    }
}
