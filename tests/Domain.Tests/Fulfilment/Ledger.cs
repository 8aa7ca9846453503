using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Inventory;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>Money and goods that moved in a world, added up from the events' deltas alone.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, int> _received = [];
    private readonly Dictionary<string, int> _shipped = [];
    private readonly Dictionary<OrderId, decimal> _captured = [];
    private readonly Dictionary<OrderId, Dictionary<Sku, int>> _shippedFor = [];

    public decimal Opened { get; private set; }

    /// <summary>What holders took out.</summary>
    public decimal Withdrawn { get; private set; }

    /// <summary>What was captured and not given back.</summary>
    public decimal Captured => _captured.Values.Sum();

    public int Received(string sku) => _received.GetValueOrDefault(sku);

    public int Shipped(string sku) => _shipped.GetValueOrDefault(sku);

    public decimal CapturedFor(OrderId order) => _captured.GetValueOrDefault(order);

    public IReadOnlyDictionary<Sku, int> ShippedFor(OrderId order) => _shippedFor.GetValueOrDefault(order) ?? [];

    public void Add(IAvroRecord happened)
    {
        switch (happened)
        {
            case AccountOpened e:
                Opened += e.OpeningBalance;
                break;
            case MoneyWithdrawn e:
                Withdrawn += e.Amount;
                break;
            case FundsCaptured e:
                _captured[e.OrderId] = CapturedFor(e.OrderId) + e.Amount;
                break;
            case EntryReversed { OrderId: { } order } e:
                _captured[order] = CapturedFor(order) - e.Amount;
                break;
            case StockReceived e:
                _received[e.Sku.Value] = Received(e.Sku.Value) + e.Quantity;
                break;
            case StockShipped e:
                _shipped[e.Sku.Value] = Shipped(e.Sku.Value) + e.Quantity;
                _shippedFor.TryAdd(e.OrderId, []);
                _shippedFor[e.OrderId][e.Sku] = _shippedFor[e.OrderId].GetValueOrDefault(e.Sku) + e.Quantity;
                break;
        }
    }
}
