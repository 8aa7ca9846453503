using Streaming.Avro;
using Streaming.Contracts.Orders;
using Streaming.Sinks.Events;

namespace Streaming.__Name__.Tests;

public sealed class OrderTableTests
{
    private static readonly DateTimeOffset _at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OrderLine[] _lines = [new(new("LAMP"), 2, 20m)];

    [Fact]
    public void An_order_is_placed_and_accepted() => After(Placed(), Accepted()).ShouldBe(new OrderRow("C-17", 40m, "EUR", IsAccepted: true));

    [Fact]
    public void An_order_that_is_rejected_has_no_row() =>
        After(Placed(), new OrderRejected(new("O-1"), "insufficient-stock", new("C-17"), new("12345"), new("EUR"), _lines, 40m, 1, null, _at)).ShouldBeNull();

    private static OrderPlaced Placed() => new(new("O-1"), new("C-17"), new("12345"), new("EUR"), _lines, 40m, 1, null, null, _at, null);

    private static OrderAccepted Accepted() => new(new("O-1"), new("C-17"), new("12345"), new("EUR"), _lines, 40m, 1, null, _at);

    private static OrderRow? After(params OrderEvent[] happened)
    {
        OrderRow? row = null;
        for (var i = 0; i < happened.Length; i++)
            row = OrderTable.Project(row, Recorded((IAvroRecord)happened[i], i + 1));
        return row;
    }

    private static RecordedEvent Recorded(IAvroRecord record, long sequence) => new()
    {
        Topic = "orders.events", Partition = 0, Offset = sequence, AggregateId = "O-1", Sequence = sequence, EventId = Guid.NewGuid(), RecordedAt = _at,
        Record = record, SchemaId = 1, WriterSchema = record.AvroSchema, Body = ReadOnlyMemory<byte>.Empty, ContentHash = sequence,
    };
}
