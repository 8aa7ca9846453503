using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Fulfilment;
using Streaming.Domain.Orders;

namespace Streaming.Domain.Tests.Fulfilment;

/// <summary>What must add up in a world, whenever it is stopped. Each function answers with what does not, or null.</summary>
internal static class WorldSums
{
    /// <summary>At any moment.</summary>
    public static string? Wrong(World world) => Money(world) ?? Goods(world) ?? Holds(world) ?? Reservations(world) ?? Waiting(world);

    /// <summary>When nothing is on its way and nobody waits.</summary>
    public static string? WrongAtRest(World world) => world.Orders.Select(order => WrongAtRest(world, new(order.Key), order.Value)).FirstOrDefault(wrong => wrong is not null);

    private static string? WrongAtRest(World world, OrderId id, Order order)
    {
        var fulfilment = world.Fulfilments.GetValueOrDefault(id.Value, FulfilmentState.Unknown);
        if (!fulfilment.IsClosed)
            return $"{id} is in {fulfilment.Phase} for ever";
        var shipped = Shipped(world, id);
        if (order.Status == OrderStatus.Accepted)
        {
            if (fulfilment.Phase != FulfilmentPhase.Completed)
                return $"{id} is accepted, and {fulfilment.Phase}";
            if (Captured(world, id) != order.Total.Amount)
                return $"{id} costs {order.Total}, captured is {Captured(world, id)}";
            return order.Lines.Any(line => shipped.GetValueOrDefault(line.Sku) != line.Quantity) ? $"{id} is not shipped as ordered" : null;
        }
        if (!order.IsClosed || fulfilment.Phase != FulfilmentPhase.RolledBack)
            return $"{id} is {order.Status}, and {fulfilment.Phase}";
        if (Captured(world, id) != 0)
            return $"{id} is {order.Status}, captured is {Captured(world, id)}";
        var named = world.Log.OfType<FulfilmentRolledBack>().Single(e => e.OrderId == id).Shipped.ToDictionary(line => line.Sku, line => line.Quantity);
        return named.Count != shipped.Count || named.Any(line => shipped.GetValueOrDefault(line.Key) != line.Value)
            ? $"{id} is {order.Status}, and what was shipped is not what is named"
            : null;
    }

    private static string? Money(World world)
    {
        var opened = world.Log.OfType<AccountOpened>().Sum(e => e.OpeningBalance);
        var captured = world.Log.OfType<FundsCaptured>().Sum(e => e.Amount);
        var refunded = world.Log.OfType<EntryReversed>().Sum(e => e.Amount);
        var balances = world.Accounts.Values.Sum(account => account.Balance.Amount);
        return balances + captured - refunded == opened ? null : $"money: {balances} + {captured} - {refunded} is not {opened}";
    }

    private static string? Goods(World world)
    {
        foreach (var (sku, stock) in world.Stock)
        {
            var received = world.Log.OfType<StockReceived>().Where(e => e.Sku.Value == sku).Sum(e => e.Quantity);
            var shipped = world.Log.OfType<StockShipped>().Where(e => e.Sku.Value == sku).Sum(e => e.Quantity);
            if (stock.OnHand + shipped != received || stock.Reserved < 0 || stock.Available < 0)
                return $"goods: {stock} with {shipped} shipped of {received}";
        }
        return null;
    }

    private static string? Holds(World world)
    {
        foreach (var (id, account) in world.Accounts)
        {
            if (account.Held.Amount != account.Holds.ByOrder.Values.Sum() || account.Available.Amount < 0)
                return $"holds: {account}";
            if (account.Holds.ByOrder.Keys.FirstOrDefault(order => IsFinished(world, order)) is { Value: not null } finished)
                return $"holds: {id} still holds for {finished}, which is finished";
        }
        return null;
    }

    private static string? Reservations(World world)
    {
        foreach (var (sku, stock) in world.Stock)
        {
            if (stock.Reserved != stock.Reservations.ByOrder.Values.Sum())
                return $"reservations: {stock}";
            foreach (var (order, units) in stock.Reservations.ByOrder)
            {
                if (IsFinished(world, order))
                    return $"reservations: {units} of {sku} for {order}, which is finished";
                if (world.Fulfilments[order.Value].Order.Lines.QuantityOf(new(sku)) != units)
                    return $"reservations: {units} of {sku} for {order}, which asked for another quantity";
            }
        }
        return null;
    }

    // Who is not finished has a deadline, or an operator who knows.
    private static string? Waiting(World world) => world.Fulfilments
        .Where(f => (f.Value.Deadline is null) != (f.Value.IsClosed || f.Value.IsStuck))
        .Select(f => $"waiting: {f.Key} is in {f.Value.Phase} with the deadline {f.Value.Deadline}").FirstOrDefault();

    private static bool IsFinished(World world, OrderId order) => !world.Fulfilments.TryGetValue(order.Value, out var fulfilment) || fulfilment.IsClosed;

    private static decimal Captured(World world, OrderId id) =>
        world.Log.OfType<FundsCaptured>().Where(e => e.OrderId == id).Sum(e => e.Amount)
        - world.Log.OfType<EntryReversed>().Where(e => e.OrderId == id).Sum(e => e.Amount);

    private static Dictionary<Sku, int> Shipped(World world, OrderId id) =>
        world.Log.OfType<StockShipped>().Where(e => e.OrderId == id).GroupBy(e => e.Sku).ToDictionary(g => g.Key, g => g.Sum(e => e.Quantity));
}
