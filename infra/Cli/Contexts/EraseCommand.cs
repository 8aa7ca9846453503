using System.CommandLine;
using Confluent.Kafka;
using Streaming.Contracts.Commands;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.Cli.Contexts;

/// <summary><c>streamctl erase</c>: asks for a closed aggregate to be purged whole, and waits for the answer.</summary>
internal static class EraseCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var context = new Argument<string>("context") { Description = "Such as inventory." };
        var id = new Argument<string>("id") { Description = "The aggregate. It is closed; its id is never used again." };
        var reason = new Option<string>("--reason") { Description = "Why: it stays on record.", Required = true };
        var commandId = new Option<string?>("--command-id") { Description = "To ask again after no answer came: the id that was told then." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the answer.", DefaultValueFactory = _ => 30 };
        var erase = new Command("erase", "Purges a closed aggregate: its events and its snapshot, for ever.") { context, id, reason, commandId, wait };
        cluster.All.ToList().ForEach(erase.Add);
        erase.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var access = cluster.Open(arguments);
                var topics = ClusterOptions.Find(arguments.GetValue(context)).Topics.WithPrefix(access.Prefix);
                var asked = new EraseAggregate(arguments.GetRequiredValue(id), arguments.GetRequiredValue(reason), OccurredAt: null);
                var underId = arguments.GetValue(commandId) ?? $"erase-{Guid.CreateVersion7()}";
                var patience = TimeSpan.FromSeconds(arguments.GetValue(wait));
                var result = await Task.Run(() => new ErasureAsking(access, topics).Ask(asked, underId, patience, cancellationToken), cancellationToken);
                if (result is CommandRefused refused)
                    throw new Failure($"Refused, {refused.Code}: {refused.Reason}");
                Console.WriteLine($"{result.AggregateId} is erased: {result.Version} events.");
                return 0;
            }
            catch (Exception cause) when (cause is Failure or KafkaException or RegistryException or UndecodableRecordException)
            {
                await Console.Error.WriteLineAsync(cause.Message);
                return 1;
            }
        });
        return erase;
    }
}
