using Streaming.Avro;
using Streaming.Contracts.Topics;

namespace Streaming.Commands.Routing;

/// <summary>What another context's events mean to a process manager.</summary>
/// <param name="From">The other context, without the installation's prefix.</param>
/// <param name="ToCommand">The command that an event becomes; null when it is of no interest. Pure: an event may be routed again. Leaves the
/// business time open where the process counts by recorded times.</param>
public sealed record EventRoute<TCommand>(ContextTopics From, Func<IAvroRecord, TCommand?> ToCommand)
    where TCommand : class;
