using Streaming.Avro.Generic;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Avro.Tests.Generic;

namespace Streaming.Avro.Tests.Resolution;

/// <summary>A record, a value of it, and a schema that may read it.</summary>
internal sealed class Evolution
{
    public const string Added = "added";

    /// <param name="name">The record's; the names of types within it begin with it.</param>
    public Evolution(Random random, string name = "Whole")
    {
        var some = new RandomSchema(random, name);
        var fields = Enumerable.Range(0, random.Next(1, 8)).Select(i => (Name: $"w{i}", Schema: some.Schema())).ToList();
        Writer = Record(name, fields.Select(field => Field(field.Name, field.Schema.ToString())));
        Value = new GenericRecord(Writer, [.. Writer.Fields.Select(field => some.Value(field.Schema))]);
        Bytes = GenericEncoding.Encode(Writer, Value);

        var kept = fields.Where(_ => random.Next(4) > 0).Select(field => Field(field.Name, Wider(field.Schema, random)))
            .Append($$"""{"name": "{{Added}}", "type": "string", "default": "new"}""").ToArray();
        random.Shuffle(kept);
        Reader = Record(name, kept);
        Plan = ResolutionPlan.Create(Writer, Reader);
    }

    public RecordSchema Writer { get; }

    public GenericRecord Value { get; }

    public byte[] Bytes { get; }

    public RecordSchema Reader { get; }

    public ResolutionPlan Plan { get; }

    private static RecordSchema Record(string name, IEnumerable<string> fields) =>
        (RecordSchema)AvroSchema.Parse($$"""{"type": "record", "name": "{{name}}", "fields": [{{string.Join(", ", fields)}}]}""");

    private static string Field(string name, string type) => $$"""{"name": "{{name}}", "type": {{type}}}""";

    private static string Wider(AvroSchema schema, Random random)
    {
        string[] wider = schema is { LogicalType: null } ? schema.Type switch
        {
            AvroType.Int => ["long", "float", "double"],
            AvroType.Long => ["float", "double"],
            AvroType.Float => ["double"],
            AvroType.String => ["bytes"],
            _ => [],
        }
        : [];
        return wider.Length == 0 || random.Next(2) == 0 ? schema.ToString() : $"\"{wider[random.Next(wider.Length)]}\"";
    }
}
