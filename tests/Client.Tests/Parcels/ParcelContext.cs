using Streaming.Commands;
using Streaming.Contracts.Topics;
using Streaming.Domain;

namespace Streaming.Client.Tests.Parcels;

/// <summary>What is asked of a parcel.</summary>
public abstract record ParcelCommand(string Id, DateTimeOffset? OccurredAt);

/// <summary>What happened to a parcel.</summary>
public abstract record ParcelEvent(string Id, DateTimeOffset OccurredAt);

/// <summary>A context of somebody who shares nothing with our contracts but the results.</summary>
internal static class ParcelContext
{
    public const int WeightMax = 31_500;

    public static CommandContext<ParcelCommand, ParcelEvent, long> Definition { get; } = new()
    {
        Topics = TopicCatalogue.Of("parcels", partitionCount: 3),
        Records = AvroRecords.All,
        Decider = new(0, Decide, (_, happened) => ((ParcelSent)happened).Count),
        AggregateId = command => command.Id,
        Stamp = (command, recordedAt) => command.OccurredAt is null ? command with { OccurredAt = recordedAt } : command,
        OccurredAt = happened => happened.OccurredAt,
    };

    private static Decision<ParcelEvent> Decide(ParcelCommand command, long count) => command is SendParcel { WeightGrams: <= WeightMax } send
        ? new ParcelSent(send.Id, send.WeightGrams, count + 1, send.OccurredAt!.Value)
        : new Refusal("too-heavy", $"Parcels weigh at most {WeightMax} grams.");
}
