using System.Globalization;
using Streaming.Avro;
using Streaming.Avro.Generic;

namespace Streaming.LogChecker;

/// <summary>The fields of a record by their names, as its schema has them.</summary>
public sealed class Fields(IReadOnlyDictionary<string, object?> values)
{
    public static Fields Of(GenericRecord record) =>
        new(record.Schema.Fields.ToDictionary(field => field.Name, field => Plain(record[field.Name])));

    public bool Has(string field) => values.GetValueOrDefault(field) is not null;

    /// <summary>A number, whichever type it has in the schema.</summary>
    public decimal Number(string field) => values[field] switch
    {
        AvroDecimal amount => decimal.Parse(amount.ToString(), CultureInfo.InvariantCulture),
        var number => Convert.ToDecimal(number, CultureInfo.InvariantCulture),
    };

    /// <summary>A text; null when there is none.</summary>
    public string? Text(string field) => (string?)values.GetValueOrDefault(field);

    /// <summary>The records of an array.</summary>
    public IEnumerable<Fields> Records(string field) => ((List<object?>)values[field]!).Select(item => item as Fields ?? Of((GenericRecord)item!));

    public byte[] Bytes(string field) => (byte[])values[field]!;

    private static object? Plain(object? value) => value is GenericUnion union ? union.Value : value;
}
