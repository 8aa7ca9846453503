using Streaming.Avro;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Upcasting;

namespace Streaming.Contracts.Tests.Upcasting;

public sealed class UpcasterChainsTests
{
    private static readonly StockSold _sold = new(new Sku("A"), 3, "why", "doc", 7, 2, DateTimeOffset.UnixEpoch);
    private static readonly Upcaster _soldToReceived = Upcaster.Of((StockSold e) => new StockReceived(e.Sku, e.Quantity, e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt));
    private static readonly Upcaster _receivedToFound = Upcaster.Of((StockReceived e) => new StockFound(e.Sku, e.Quantity, e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt));
    private static readonly Upcaster _foundToSold = Upcaster.Of((StockFound e) => new StockSold(e.Sku, e.Quantity, e.Reason, e.Reference, e.OnHand, e.Reserved, e.OccurredAt));

    [Fact]
    public void A_chain_leads_to_its_end()
    {
        var chains = new UpcasterChains([_receivedToFound, _soldToReceived], AvroRecords.All);
        chains.Upcast(_sold).ShouldBe(new StockFound(_sold.Sku, 3, "why", "doc", 7, 2, DateTimeOffset.UnixEpoch));
        chains.Newest(StockSold.RecordType).ShouldBe([StockFound.RecordType]);
        chains.Continue(StockSold.RecordType).ShouldBeTrue();
    }

    [Fact]
    public void A_record_without_upcaster_is_itself()
    {
        var chains = new UpcasterChains(Upcasters.All, AvroRecords.All);
        chains.Upcast(_sold).ShouldBeSameAs(_sold);
        chains.Continue(StockSold.RecordType).ShouldBeFalse();
    }

    [Fact]
    public void A_circle_is_refused_and_shown() =>
        Refused(AvroRecords.All, _soldToReceived, _receivedToFound, _foundToSold)
            .ShouldContain("in a circle: streaming.inventory.StockSold → streaming.inventory.StockReceived → streaming.inventory.v2.StockFound → streaming.inventory.StockSold");

    [Fact]
    public void A_circle_through_one_side_of_a_split_is_refused() =>
        Refused(AvroRecords.All, Upcaster.Split<StockSold, StockLost, StockReceived>(e => e), _receivedToFound, _foundToSold).ShouldContain("in a circle");

    [Fact]
    public void An_upcaster_to_itself_is_refused() => Refused(AvroRecords.All, Upcaster.Of((StockSold e) => e)).ShouldContain("in a circle");

    [Fact]
    public void An_upcaster_to_a_record_that_nobody_reads_is_refused() =>
        Refused([StockSold.RecordType], _soldToReceived).ShouldContain("from streaming.inventory.StockSold needs streaming.inventory.StockReceived");

    [Fact]
    public void Two_upcasters_from_one_record_are_refused() => Refused(AvroRecords.All, _soldToReceived, _soldToReceived).ShouldContain("has 2 upcasters");

    [Fact]
    public void What_an_upcaster_does_not_name_it_may_not_return()
    {
        var chains = new UpcasterChains([Upcaster.Split<StockSold, StockFound, StockLost>(e => e)], AvroRecords.All);
        Should.Throw<InvalidUpcastersException>(() => chains.Upcast(_sold)).Message.ShouldContain("returned StockSold");
    }

    private static string Refused(IEnumerable<AvroRecordType> records, params Upcaster[] upcasters) =>
        Should.Throw<InvalidUpcastersException>(() => new UpcasterChains(upcasters, records)).Message;
}
