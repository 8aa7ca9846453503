using Streaming.Lake.Parquet;
using Streaming.Lake.Parquet.Reading;
using Streaming.Lake.Parquet.Values;
using Streaming.Lake.Parquet.Writing;
using Streaming.Lake.Tests.Support;

namespace Streaming.Lake.Tests.Parquet;

public sealed class ParquetRoundTripTests
{
    [Fact]
    public void Rows_of_every_kind_are_read_back() => Seeds.ForEach(60, random =>
    {
        var table = SomeTable.Random(random, random.Next(0, 400), distinct: random.Next(2, 4_000));
        var file = ParquetFile.Open(table.ToFile(random.Next(2) == 0 ? Compression.Snappy : Compression.None));
        Texts(file).ShouldBe(Rows.Of(SomeTable.Schema, table.Columns, table.RowCount).Select(row => row.ToJsonString()));
    });

    [Fact]
    public void Many_pages_and_row_groups_are_read_back()
    {
        var random = new Random(17);
        var tables = Enumerable.Range(0, 3).Select(_ => SomeTable.Random(random, 60_000, distinct: 1_000_000)).ToList();
        var writer = new ParquetWriter(SomeTable.Schema);
        foreach (var table in tables)
            writer.WriteRowGroup(table.Columns, table.RowCount);
        var written = writer.Finish();

        written.RowCount.ShouldBe(180_000);
        var file = ParquetFile.Open(written.Bytes);
        file.RowGroups.Count.ShouldBe(3);
        Texts(file).ShouldBe(tables.SelectMany(table => Rows.Of(SomeTable.Schema, table.Columns, table.RowCount)).Select(row => row.ToJsonString()));
    }

    [Fact]
    public void Kept_rows_are_those_that_were_to_be_kept() => Seeds.ForEach(40, random =>
    {
        var table = SomeTable.Random(random, random.Next(1, 200));
        var kept = Enumerable.Range(0, table.RowCount).Select(_ => random.Next(3) > 0).ToArray();
        var columns = SomeTable.Schema.Columns.Select(ColumnValues.Create).ToList();
        foreach (var values in columns)
            values.AddRows(table.Columns[values.Column.Index], kept);

        var expected = Rows.Of(SomeTable.Schema, table.Columns, table.RowCount).Where((_, row) => kept[row]);
        Rows.Of(SomeTable.Schema, columns, kept.Count(isKept => isKept)).Select(row => row.ToJsonString()).ShouldBe(expected.Select(row => row.ToJsonString()));
    });

    [Fact]
    public void A_file_without_rows_is_a_file()
    {
        ParquetFile.Open(new ParquetWriter(SomeTable.Schema).Finish().Bytes).RowCount.ShouldBe(0);
        ParquetFile.Open(new SomeTable().ToFile()).RowCount.ShouldBe(0);
    }

    [Fact]
    public void Columns_of_different_lengths_are_refused()
    {
        var table = SomeTable.Random(new Random(1), 3);
        ((FixedValues<int>)table.Columns[1]).Add(1);
        Should.Throw<ArgumentException>(() => table.ToFile()).Message.ShouldContain("quantity");
    }

    [Theory]
    [InlineData("00", "000000000000000000000000")]
    [InlineData("FF", "FFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFF80", "FFFFFFFFFFFFFFFFFFFFFF80")]
    public void A_decimal_keeps_its_sign_in_any_length(string hex, string expected)
    {
        var values = (BytesValues)ColumnValues.Create(SomeTable.Schema.Columns[7]);
        values.AddSigned(Convert.FromHexString(hex));
        Convert.ToHexString(values[0]).ShouldBe(expected);
    }

    [Fact]
    public void A_number_too_large_for_its_column_is_refused() =>
        Should.Throw<ArgumentException>(() => ((BytesValues)ColumnValues.Create(SomeTable.Schema.Columns[7])).AddSigned(Convert.FromHexString("7F0000000000000000000000FF")));

    private static IEnumerable<string> Texts(ParquetFile file) => Rows.Of(file).Select(row => row.ToJsonString());
}
