using System.Diagnostics;
using Streaming.Avro;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Fulfilment;
using Streaming.Contracts.Inventory;
using Streaming.Contracts.Orders;
using Streaming.Contracts.Topics;

namespace Streaming.Domain.Fulfilment;

/// <summary>Fulfilment as a process manager: what its events ask of inventory, accounts and orders.</summary>
public static class FulfilmentProcess
{
    public static readonly Process<FulfilmentCommand, FulfilmentEvent, FulfilmentState> Instance = new(
        Requests,
        state => state.Deadline,
        (id, deadline) => new TimerDue(new OrderId(id), deadline, OccurredAt: null),
        answer => new RecordAnswer(new OrderId(answer.ProcessId), answer.Request, answer.IsAccepted, answer.Code, answer.Reason, OccurredAt: null));

    private static Request[] Requests(FulfilmentEvent happened, FulfilmentState state) =>
        [.. FulfilmentSteps.AskedBy(happened, state).Select(step => Ask(step, happened.OrderId, state))];

    private static Request Ask(string step, OrderId order, FulfilmentState state)
    {
        var (sku, account, why) = (FulfilmentSteps.SkuOf(step), state.AccountId, Why(order, state));
        var units = state.Order.Lines.QuantityOf(sku);
        return FulfilmentSteps.KindOf(step) switch
        {
            FulfilmentSteps.Reserve => OfInventory(new ReserveStock(sku, order, units, why, null)),
            FulfilmentSteps.Release => OfInventory(new ReleaseStock(sku, order, units, why, null)),
            FulfilmentSteps.Ship => OfInventory(new ShipStock(sku, order, units, why, null)),
            FulfilmentSteps.Hold => OfAccounts(new HoldFunds(account, order, state.Order.Total.Amount, state.Order.Total.Currency, why, null)),
            FulfilmentSteps.ReleaseHold => OfAccounts(new ReleaseFunds(account, order, why, null)),
            FulfilmentSteps.Capture => OfAccounts(new CaptureFunds(account, order, why, null)),
            FulfilmentSteps.Refund => OfAccounts(new RefundFunds(account, order, why, null)),
            FulfilmentSteps.Accept => OfOrders(new AcceptOrder(order, state.Order.Revision, why, null)),
            FulfilmentSteps.Reject => OfOrders(new RejectOrder(order, state.Rollback!.Code, why, null)),
            FulfilmentSteps.Revoke => OfOrders(new RevokeOrder(order, state.Rollback!.Code, why, null)),
            _ => throw new UnreachableException($"Nobody is asked for {step}; add it above."),
        };

        Request OfInventory(IAvroRecord command) => new(Name(), TopicCatalogue.Inventory.Context, sku.Value, command);
        Request OfAccounts(IAvroRecord command) => new(Name(), TopicCatalogue.Accounts.Context, account.Value, command);
        Request OfOrders(IAvroRecord command) => new(Name(), TopicCatalogue.Orders.Context, order.Value, command);
        string Name() => FulfilmentSteps.RequestOf(state.Attempt, step);
    }

    private static string Why(OrderId order, FulfilmentState state) => FulfilmentLimits.Bounded(
        state.Rollback is { } rollback ? rollback.Reason : $"Fulfilment of {order}, attempt {state.Attempt}.");
}
