using Streaming.Avro;
using Streaming.Commands.Snapshots;
using Streaming.Contexts.Accounts;
using Streaming.Contexts.Fulfilment;
using Streaming.Contexts.Inventory;
using Streaming.Contexts.Orders;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Domain;
using Streaming.Domain.Accounts;
using Streaming.Domain.Inventory;
using Streaming.Domain.Orders;

namespace Streaming.Commands.Tests.Snapshots;

/// <summary>A state that was written and read again is the same state, and equal states are the same bytes.</summary>
public sealed class StateFormatTests
{
    private static readonly Currency Euro = new("EUR");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_state_comes_back(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            AssertComesBack(StockStates.Format, Stock(random));
            AssertComesBack(AccountStates.Format, Account(random));
            AssertComesBack(OrderStates.Format, Order(random));
        }
    }

    [Fact]
    public void A_record_that_no_state_becomes_is_refused()
    {
        Should.Throw<FormatException>(() => StockStates.Format.Read(new StockState("x", 1, 2, [new(new OrderId("o"), 2)], false)));
        Should.Throw<FormatException>(() => StockStates.Format.Read(new StockState("x", 5, 2, [new(new OrderId("o"), 1)], false)));
        Should.Throw<FormatException>(() => AccountStates.Format.Read(new AccountState("x", Euro, 1, 2, [new(new OrderId("o"), 2)], 0, [], false)));
        Should.Throw<FormatException>(() => OrderStates.Format.Read(new OrderState("17", default, default, Euro, [], 0, 1)));
        Should.Throw<FormatException>(() => OrderStates.Format.Read(new StockState("x", 1, 0, [], false)));

        var fulfilment = new OrderFulfilmentState("Reserving", default, default, new(1, [], 1, Euro), null, 1, [], [], null, DateTimeOffset.UnixEpoch, false);
        FulfilmentStates.Format.Read(fulfilment);
        foreach (var phase in new[] { "", "Unknown", "17", "reserving", "RolledBack", "Completed" })
            Should.Throw<FormatException>(() => FulfilmentStates.Format.Read(fulfilment with { Phase = phase }));
        Should.Throw<FormatException>(() => FulfilmentStates.Format.Read(fulfilment with { Deadline = null }));
        Should.Throw<FormatException>(() => FulfilmentStates.Format.Read(fulfilment with { IsStuck = true }));
    }

    private static void AssertComesBack<TState>(StateFormat<TState> format, TState state)
    {
        var written = format.Write(state);
        var bytes = AvroEncoding.EncodeToArray(written);
        var read = format.Read(AvroEncoding.Decode(format.Record, bytes));
        read.ShouldBe(state);
        AvroEncoding.EncodeToArray(format.Write(read)).ShouldBe(bytes);
    }

    private static StockLevel Stock(Random random)
    {
        var reservations = Enumerable.Range(0, random.Next(5)).Aggregate(Reservations.None, (sum, i) => sum.Add(new OrderId($"ORD-{random.Next(100)}"), random.Next(1, 9)));
        var reserved = reservations.ByOrder.Values.Sum();
        return new(random.Next(4) == 0 ? null : $"Widget {random.Next()}", reserved + random.Next(100), reserved, reservations) { IsClosed = random.Next(2) == 0 };
    }

    private static Account Account(Random random)
    {
        var holds = Enumerable.Range(0, random.Next(5)).Aggregate(Holds.None, (sum, i) => sum.Add(new OrderId($"ORD-{i}"), random.Next(100_000) / 100m));
        var held = holds.ByOrder.Values.Sum();
        var entries = Enumerable.Range(1, random.Next(20)).Aggregate(Entries.None, (sum, i) => sum.Add(
            new Entry(i, random.Next(-1_000, 1_000) / 10m, random.Next(2) == 0 ? new OrderId($"ORD-{random.Next(5)}") : null, random.Next(2) == 0)));
        return new("Damon Allison", new Money(held + random.Next(100), Euro), new Money(held, Euro), holds, entries) { IsClosed = random.Next(2) == 0 };
    }

    private static Order Order(Random random) => new(
        random.GetItems([OrderStatus.Placed, OrderStatus.Accepted, OrderStatus.Rejected, OrderStatus.Cancelled, OrderStatus.Revoked], 1)[0],
        new CustomerId("C-1"), new AccountId("12345"),
        [.. Enumerable.Range(1, random.Next(1, 5)).Select(i => new OrderLine(new Sku($"XYZ-{i}"), random.Next(1, 9), random.Next(10_000) / 100m))],
        new Money(random.Next(100_000) / 100m, Euro), random.Next(1, 9));
}
