using Streaming.Contracts;
using Streaming.Contracts.Fulfilment;
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
        var shipped = world.Moved.ShippedFor(id);
        if (order.Status == OrderStatus.Accepted)
        {
            if (fulfilment.Phase != FulfilmentPhase.Completed)
                return $"{id} is accepted, and {fulfilment.Phase}";
            if (world.Moved.CapturedFor(id) != order.Total.Amount)
                return $"{id} costs {order.Total}, captured is {world.Moved.CapturedFor(id)}";
            return order.Lines.Any(line => shipped.GetValueOrDefault(line.Sku) != line.Quantity) ? $"{id} is not shipped as ordered" : null;
        }
        if (!order.IsClosed || fulfilment.Phase != FulfilmentPhase.RolledBack)
            return $"{id} is {order.Status}, and {fulfilment.Phase}";
        if (world.Moved.CapturedFor(id) is var captured && captured != 0 && captured != GivenUp(world, id))
            return $"{id} is {order.Status}, captured is {captured}, given up is {GivenUp(world, id)}";
        var named = world.Log.OfType<FulfilmentRolledBack>().Single(e => e.OrderId == id).Shipped.ToDictionary(line => line.Sku, line => line.Quantity);
        return named.Count != shipped.Count || named.Any(line => shipped.GetValueOrDefault(line.Key) != line.Value)
            ? $"{id} is {order.Status}, and what was shipped is not what is named"
            : null;
    }

    // Money that stays captured for an order that is not fulfilled was left there by somebody who answers for it.
    private static decimal GivenUp(World world, OrderId id) => world.Log.OfType<RefundGivenUp>().Where(e => e.OrderId == id).Sum(e => e.Amount);

    private static string? Money(World world)
    {
        var (balances, moved) = (world.Accounts.Values.Sum(account => account.Balance.Amount), world.Moved);
        return balances + moved.Captured + moved.Withdrawn == moved.Opened
            ? null
            : $"money: {balances} + {moved.Captured} + {moved.Withdrawn} is not {moved.Opened}";
    }

    private static string? Goods(World world) => world.Stock
        .Where(s => s.Value.OnHand + world.Moved.Shipped(s.Key) != world.Moved.Received(s.Key) || s.Value.Reserved < 0 || s.Value.Available < 0)
        .Select(s => $"goods: {s.Value} with {world.Moved.Shipped(s.Key)} shipped of {world.Moved.Received(s.Key)}").FirstOrDefault();

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
}
