using Streaming.Commands;
using Streaming.Contracts.Topics;

namespace Streaming.CommandHost.Tests.Parcels;

/// <summary>What is asked of a parcel.</summary>
public abstract record ParcelCommand(string Id, DateTimeOffset? OccurredAt);

/// <summary>What happened to a parcel.</summary>
public abstract record ParcelEvent(string Id, DateTimeOffset OccurredAt);

/// <summary>A context of somebody else, whose records are in no assembly of ours.</summary>
internal static class ParcelContext
{
    public static ContextApi<ParcelCommand, ParcelEvent, long> Api { get; } = new()
    {
        Context = new CommandContext<ParcelCommand, ParcelEvent, long>
        {
            Topics = TopicCatalogue.Of("parcels", partitionCount: 3),
            Records = AvroRecords.All,
            Decider = new(0, Decide, (_, happened) => ((ParcelSent)happened).Count),
            AggregateId = command => command.Id,
            Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
            OccurredAt = happened => happened.OccurredAt,
        },
        IdName = "parcelId",
        IdExample = "P-1",
        Show = count => new { Count = count },
        Commands = [new("send", (id, body) => new SendParcel(id, body.Quantity("weightGrams"), body.OptionalTime("occurredAt")), """{"weightGrams": 500}""")],
    };

    private static Domain.Decision<ParcelEvent> Decide(ParcelCommand command, long count) => command is SendParcel { WeightGrams: <= 31_500 } send
        ? new ParcelSent(send.Id, send.WeightGrams, count + 1, send.OccurredAt!.Value)
        : new Domain.Refusal("too-heavy", "Parcels weigh at most 31500 grams.");
}
