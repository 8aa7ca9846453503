using Apache = global::Avro;

namespace Streaming.Benchmarks.Avro;

/// <summary>The event in the form that avrogen of Apache.Avro gives its records: typed properties behind Get and Put.</summary>
internal sealed class PeerRecord : Apache.Specific.ISpecificRecord
{
#pragma warning disable CA1707 // Apache.Avro looks for this name.
    public static readonly Apache.Schema _SCHEMA = Named(Measured.RecordType.Schema.ToString());
#pragma warning restore CA1707

    public Apache.Schema Schema => _SCHEMA;

    public string Sku { get; set; } = "";

    public string Warehouse { get; set; } = "";

    public int Quantity { get; set; }

    public int OnHand { get; set; }

    public long Sequence { get; set; }

    public long Customer { get; set; }

    public double Price { get; set; }

    public bool IsUrgent { get; set; }

    public string? Reason { get; set; }

    public DateTime OccurredAt { get; set; }

    /// <summary>The schema under this type's name, by which Apache.Avro finds the type.</summary>
    public static Apache.RecordSchema Named(string schema) => (Apache.RecordSchema)Apache.Schema.Parse(schema
        .Replace("\"Measured\"", $"\"{nameof(PeerRecord)}\"", StringComparison.Ordinal)
        .Replace("\"streaming.benchmarks\"", $"\"{typeof(PeerRecord).Namespace}\"", StringComparison.Ordinal));

    public static PeerRecord Of(Measured measured) => new()
    {
        Sku = measured.Sku,
        Warehouse = measured.Warehouse,
        Quantity = measured.Quantity,
        OnHand = measured.OnHand,
        Sequence = measured.Sequence,
        Customer = measured.Customer,
        Price = measured.Price,
        IsUrgent = measured.IsUrgent,
        Reason = measured.Reason,
        OccurredAt = measured.OccurredAt.UtcDateTime,
    };

    public object Get(int fieldPos) => fieldPos switch
    {
        0 => Sku,
        1 => Warehouse,
        2 => Quantity,
        3 => OnHand,
        4 => Sequence,
        5 => Customer,
        6 => Price,
        7 => IsUrgent,
        8 => Reason!,
        9 => OccurredAt,
        _ => throw new ArgumentOutOfRangeException(nameof(fieldPos)),
    };

    public void Put(int fieldPos, object fieldValue)
    {
        switch (fieldPos)
        {
            case 0: Sku = (string)fieldValue; break;
            case 1: Warehouse = (string)fieldValue; break;
            case 2: Quantity = (int)fieldValue; break;
            case 3: OnHand = (int)fieldValue; break;
            case 4: Sequence = (long)fieldValue; break;
            case 5: Customer = (long)fieldValue; break;
            case 6: Price = (double)fieldValue; break;
            case 7: IsUrgent = (bool)fieldValue; break;
            case 8: Reason = (string?)fieldValue; break;
            case 9: OccurredAt = (DateTime)fieldValue; break;
            default: throw new ArgumentOutOfRangeException(nameof(fieldPos));
        }
    }
}
