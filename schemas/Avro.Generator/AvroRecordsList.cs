using Streaming.Avro.Schema;

namespace Streaming.Avro.Generator;

/// <summary>The list of all records of a project: what a deserializer, a registry check or a tool starts from.</summary>
internal static class AvroRecordsList
{
    public static void Write(CodeWriter code, IEnumerable<RecordSchema> records, TypeNames names)
    {
        Docs.Member(code, "Every record that was generated for this assembly.");
        code.Block("public static class AvroRecords", () =>
        {
            Docs.Member(code, "By full name, in ordinal order.");
            code.Line("public static IReadOnlyList<AvroRecordType> All { get; } = new AvroRecordType[]").Line("{").Indented(() =>
            {
                foreach (var record in records)
                    code.Line($"global::{names.NamespaceOf(record)}.{names.NameOf(record)}.RecordType,");
            });
            code.Line("};");
        });
    }
}
