using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Inventory;

namespace Streaming.Contracts.Tests.Inventory;

public sealed class GeneratedRecordTests
{
    private static readonly StockSold _sold = new(
        new Sku("XYZ-1"), Quantity: 20, Reason: "counter sale", Reference: null, OnHand: 230, Reserved: 0, new DateTimeOffset(2022, 3, 15, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_record_has_the_bytes_of_its_schema() =>
        Convert.ToHexStringLower(AvroEncoding.EncodeToArray(_sold)).ShouldBe("0a58595a2d3128" + "0218636f756e7465722073616c65" + "00" + "cc03" + "00" + "80809ea6cf8ded05");

    [Fact]
    public void A_record_is_decoded_to_an_equal_one()
    {
        AvroEncoding.Decode<StockSold>(AvroEncoding.EncodeToArray(_sold)).ShouldBe(_sold);
        var accepted = new CommandAccepted("c-1", "XYZ-1", new byte[] { 1, 2, 3 }, Version: 7, EventCount: 1);
        AvroEncoding.Decode<CommandAccepted>(AvroEncoding.EncodeToArray(accepted)).ShouldBe(accepted);
    }

    [Fact]
    public void To_encode_a_record_into_a_buffer_allocates_nothing()
    {
        var buffer = new byte[256];
        AvroEncoding.Encode(_sold, buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            AvroEncoding.Encode(_sold, buffer);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void The_list_of_records_has_every_published_schema()
    {
        AvroRecords.All.Select(record => record.FullName).ShouldContain("streaming.inventory.StockSold");
        foreach (var record in AvroRecords.All)
            AvroSchema.Parse(record.Schema.ToString()).CanonicalForm.ShouldBe(record.Schema.CanonicalForm, record.FullName);
    }
}
