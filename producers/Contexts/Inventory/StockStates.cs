using Streaming.Commands.Snapshots;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;

namespace Streaming.Contexts.Inventory;

/// <summary>A product's state as a record, and back.</summary>
public static class StockStates
{
    public static StateFormat<StockLevel> Format { get; } = StateFormat<StockLevel>.Of<StockState>(Write, Read);

    private static StockState Write(StockLevel stock) => new(
        stock.Name,
        stock.OnHand,
        stock.Reserved,
        [.. stock.Reservations.ByOrder.OrderBy(reserved => reserved.Key.Value, StringComparer.Ordinal).Select(reserved => new StockReservation(reserved.Key, reserved.Value))],
        stock.IsClosed);

    private static StockLevel Read(StockState record)
    {
        var reservations = record.Reservations.Aggregate(Reservations.None, (sum, reserved) => sum.Add(reserved.OrderId, reserved.Quantity));
        if (record.Reserved < 0 || record.OnHand < record.Reserved || record.Reservations.Sum(reserved => (long)reserved.Quantity) != record.Reserved)
            throw new FormatException($"{record.Reserved} reserved of {record.OnHand} on hand, which no product can have");
        return new(record.Name, record.OnHand, record.Reserved, reservations) { IsClosed = record.IsClosed };
    }
}
