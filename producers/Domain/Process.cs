using Streaming.Avro;

namespace Streaming.Domain;

/// <summary>What makes the aggregates of a decider process managers: they ask others, hear the answers, and wait no longer than they want to.</summary>
/// <remarks>
/// All functions are pure. What an event asks for is sent in the transaction that writes the event, under an id made of the aggregate's and
/// the request's name: deciding again after a failed write, or folding the log anew, asks for the same and never twice.
/// </remarks>
/// <param name="Requests">What an event, with the state after it, asks of other aggregates.</param>
/// <param name="Deadline">Until when a state waits, UTC; null when it waits for nothing. Comes out of events, so that folding reads no clock.</param>
/// <param name="TimerDue">The command that tells an aggregate that its deadline has passed. It may come late, when it is of no interest any more.</param>
/// <param name="Answered">The command that tells an aggregate how a request was answered. It may come twice, or late.</param>
public sealed record Process<TCommand, TEvent, TState>(
    Func<TEvent, TState, IReadOnlyList<Request>> Requests,
    Func<TState, DateTimeOffset?> Deadline,
    Func<string, DateTimeOffset, TCommand> TimerDue,
    Func<Answer, TCommand> Answered);

/// <summary>A command for an aggregate of another context.</summary>
/// <param name="Name">Unique among all requests that the asking aggregate ever makes, such as <c>1/reserve/XYZ-1</c>: the command's id is made of it.</param>
/// <param name="Context">Which context's commands it belongs to, such as <c>inventory</c>.</param>
/// <param name="AggregateId">Who is asked.</param>
/// <param name="Command">What is asked.</param>
public sealed record Request(string Name, string Context, string AggregateId, IAvroRecord Command);

/// <summary>How a request was answered: the result of its command.</summary>
/// <param name="ProcessId">The aggregate that asked.</param>
/// <param name="Request">The request's name.</param>
/// <param name="IsAccepted">It was done.</param>
/// <param name="Code">Which rule refused it; null when it was accepted.</param>
/// <param name="Reason">The refusal in words; null when it was accepted.</param>
public sealed record Answer(string ProcessId, string Request, bool IsAccepted, string? Code, string? Reason);
