using Streaming.CommandHost.Http;
using Streaming.Commands;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>Fulfilment over HTTP: what an operator may do with one that is stuck. It starts and goes on by itself.</summary>
internal static class FulfilmentApi
{
    public static ContextApi<FulfilmentCommand, FulfilmentEvent, FulfilmentState> Of(
        CommandContext<FulfilmentCommand, FulfilmentEvent, FulfilmentState> context) => new()
        {
            Context = context,
            IdName = "orderId",
            IdExample = "ORD-1",
            Check = FulfilmentLimits.Check,
            UnknownCode = "unknown-fulfilment",
            UnknownTitle = "Nothing is known of fulfilling this order",
            Show = Show,
            Commands =
            [
                new("resume", (id, body) => new ResumeFulfilment(new(id), body.Reason(), OccurredAt: null),
                    """{"reason": "inventory is back"}"""),
                new("cancel", (id, body) => new CancelFulfilment(new(id), CancelledBy.@operator, body.Reason(), OccurredAt: null),
                    """{"reason": "the customer called"}"""),
                new("give-up-refund", (id, body) => new GiveUpRefund(new(id), body.Text("decidedBy"), body.Text("reason"), OccurredAt: null),
                    """{"decidedBy": "Anna Berg", "reason": "the account is closed, paid out by transfer 2022-117"}"""),
            ],
        };

    private static object Show(FulfilmentState state) => new
    {
        Phase = Words(state.Phase),
        IsStuck = state.IsStuck,
        CustomerId = state.CustomerId.Value,
        AccountId = state.AccountId.Value,
        Total = MoneyText.Of(state.Order.Total),
        Currency = state.Order.Total.Currency.Value,
        state.Order.Revision,
        state.Attempt,
        Outstanding = state.Open.Steps,
        state.Deadline,
        state.RefundRefusedBy,
        Because = state.Rollback is { } rollback ? new { rollback.Code, rollback.Reason } : null,
    };

    /// <summary>The phase as it stands in JSON: <c>checking-risk</c>.</summary>
    public static string Words(FulfilmentPhase phase) =>
        string.Concat(phase.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
