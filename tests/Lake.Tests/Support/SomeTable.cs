using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Parquet.Writing;

namespace Streaming.Lake.Tests.Support;

/// <summary>A table with a column of every kind that the lake writes, and random rows for it.</summary>
internal sealed class SomeTable
{
    public static readonly ParquetSchema Schema = new(
    [
        ParquetField.Leaf("flag", isNullable: true, PhysicalType.Boolean),
        ParquetField.Leaf("quantity", isNullable: false, PhysicalType.Int32),
        ParquetField.Leaf("sequence", isNullable: true, PhysicalType.Int64),
        ParquetField.Leaf("ratio", isNullable: true, PhysicalType.Float),
        ParquetField.Leaf("score", isNullable: true, PhysicalType.Double),
        ParquetField.Leaf("sku", isNullable: false, PhysicalType.ByteArray, new(LogicalKind.Text)),
        ParquetField.Leaf("raw", isNullable: true, PhysicalType.ByteArray),
        ParquetField.Leaf("amount", isNullable: true, PhysicalType.FixedLengthByteArray, new(LogicalKind.Decimal, 28, 4), 12),
        ParquetField.Leaf("day", isNullable: true, PhysicalType.Int32, new(LogicalKind.Date)),
        ParquetField.Leaf("at", isNullable: false, PhysicalType.Int64, new(LogicalKind.TimestampMicros)),
        ParquetField.List("lines", isNullable: true, ParquetField.Group("element", isNullable: false,
        [
            ParquetField.Leaf("sku", isNullable: false, PhysicalType.ByteArray, new(LogicalKind.Text)),
            ParquetField.Leaf("note", isNullable: true, PhysicalType.ByteArray, new(LogicalKind.Text)),
            ParquetField.Leaf("price", isNullable: false, PhysicalType.FixedLengthByteArray, new(LogicalKind.Decimal, 28, 4), 12),
        ])),
        ParquetField.Group("demand", isNullable: true, [ParquetField.Leaf("revision", isNullable: true, PhysicalType.Int32)]),
        ParquetField.List("tags", isNullable: false, ParquetField.Leaf("element", isNullable: true, PhysicalType.ByteArray, new(LogicalKind.Text))),
    ]);

    private readonly List<ColumnValues> _columns = [.. Schema.Columns.Select(ColumnValues.Create)];

    public IReadOnlyList<ColumnValues> Columns => _columns;

    public int RowCount { get; private set; }

    public static SomeTable Random(Random random, int rowCount, int distinct = 40)
    {
        var table = new SomeTable();
        for (var i = 0; i < rowCount; i++)
            table.AddRow(random, distinct);
        return table;
    }

    public ReadOnlyMemory<byte> ToFile(Compression compression = Compression.Snappy)
    {
        var writer = new ParquetWriter(Schema, compression);
        writer.WriteRowGroup(_columns, RowCount);
        return writer.Finish().Bytes;
    }

    private void AddRow(Random random, int distinct)
    {
        RowCount++;
        bool IsNull() => random.Next(5) == 0;
        AddOr<bool>(0, IsNull(), random.Next(2) == 0);
        At<FixedValues<int>>(1).Add(random.Next(-distinct, distinct));
        AddOr(2, IsNull(), random.NextInt64(-distinct, distinct));
        AddOr(3, IsNull(), random.NextSingle() - 0.5f);
        AddOr(4, IsNull(), (random.NextDouble() * 1e9) - 5e8);
        At<BytesValues>(5).Add($"SKU-{random.Next(distinct)}-größe");
        if (IsNull())
            At<BytesValues>(6).AddNull();
        else
            At<BytesValues>(6).Add(Bytes(random, random.Next(0, 30)));
        if (IsNull())
            At<BytesValues>(7).AddNull();
        else
            At<BytesValues>(7).AddSigned(Bytes(random, random.Next(0, 12)));
        AddOr(8, IsNull(), random.Next(0, 30_000));
        At<FixedValues<long>>(9).Add(1_700_000_000_000_000 + random.NextInt64(0, 1_000_000_000));
        AddLines(random, distinct);
        AddDemand(random);
        AddTags(random);
    }

    private void AddLines(Random random, int distinct)
    {
        var (skus, notes, prices) = (At<BytesValues>(10), At<BytesValues>(11), At<BytesValues>(12));
        var count = random.Next(-1, 4);
        if (count <= 0)
        {
            foreach (var values in new[] { skus, notes, prices })
                values.AddNull(definition: count + 1);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var repetition = i == 0 ? 0 : 1;
            skus.Add($"SKU-{random.Next(distinct)}", repetition);
            if (random.Next(2) == 0)
                notes.AddNull(definition: 2, repetition);
            else
                notes.Add("a note", repetition);
            prices.AddSigned(Bytes(random, 5), repetition);
        }
    }

    private void AddDemand(Random random)
    {
        var revision = At<FixedValues<int>>(13);
        switch (random.Next(3))
        {
            case 0: revision.AddNull(definition: 0); break;
            case 1: revision.AddNull(definition: 1); break;
            default: revision.Add(random.Next(9)); break;
        }
    }

    private void AddTags(Random random)
    {
        var tags = At<BytesValues>(14);
        var count = random.Next(0, 3);
        if (count == 0)
            tags.AddNull(definition: 0);
        for (var i = 0; i < count; i++)
        {
            if (random.Next(4) == 0)
                tags.AddNull(definition: 1, i == 0 ? 0 : 1);
            else
                tags.Add($"tag {random.Next(5)}", i == 0 ? 0 : 1);
        }
    }

    private T At<T>(int column)
        where T : ColumnValues => (T)_columns[column];

    private void AddOr<T>(int column, bool isNull, T value)
        where T : unmanaged
    {
        if (isNull)
            _columns[column].AddNull();
        else
            At<FixedValues<T>>(column).Add(value);
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
