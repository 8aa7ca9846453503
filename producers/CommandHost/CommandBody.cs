using Streaming.CommandHost.Http;

namespace Streaming.CommandHost;

/// <summary>One command of a context, as JSON.</summary>
/// <param name="Action">Last part of the path, such as <c>sell</c>.</param>
/// <param name="Read">The command that a body makes for an aggregate. Asks for the same fields whatever their values: the API's description is made by watching it.</param>
/// <param name="Example">A body that is accepted by an aggregate that has taken the examples of <see cref="After"/>.</param>
public sealed record CommandBody<TCommand>(string Action, Func<string, BodyReader, TCommand> Read, string Example)
    where TCommand : class
{
    /// <summary>The actions that lead a new aggregate to where the example is accepted, in order.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>The command brings its aggregate into being: answered with 201 instead of 200.</summary>
    public bool Creates { get; init; }
}
