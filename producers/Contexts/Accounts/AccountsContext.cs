using Streaming.Commands;
using Streaming.Contracts;
using Streaming.Contracts.Accounts;
using Streaming.Contracts.Topics;
using Streaming.Domain.Accounts;

namespace Streaming.Contexts.Accounts;

/// <summary>Accounts, as the command processor and the operator's tools need to know them.</summary>
public static class AccountsContext
{
    public static CommandContext<AccountCommand, AccountEvent, Account> Definition { get; } = new()
    {
        Topics = TopicCatalogue.Accounts,
        Records = RecordsOf.Context<AccountCommand, AccountEvent>(AvroRecords.All),
        Decider = AccountsDecider.Instance,
        Snapshots = AccountStates.Format,
        IsClosed = account => account.IsClosed,
        AggregateId = command => command.AccountId.Value,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };
}
