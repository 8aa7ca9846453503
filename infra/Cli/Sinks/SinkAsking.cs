using System.CommandLine;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary>The options of every request to a sink, and how it is asked.</summary>
/// <param name="waitSeconds">How long an answer is waited for, unless the person says otherwise.</param>
internal sealed class SinkAsking(int waitSeconds = 30)
{
    private readonly Argument<string> _sink = new("sink") { Description = "Such as sql-sink, or sql for short; streamctl status lists them." };
    private readonly Option<string> _by = new("--by") { Description = "Who asks: it stays on record.", DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why: it stays on record." };
    private readonly Option<int> _wait = new("--wait") { Description = "Seconds to wait for the answers.", DefaultValueFactory = _ => waitSeconds };

    public Command AddTo(Command command)
    {
        command.Add(_sink);
        command.Add(_by);
        command.Add(_reason);
        command.Add(_wait);
        return command;
    }

    public string Sink(ParseResult arguments) => arguments.GetRequiredValue(_sink);

    public SinkPause Pause(ParseResult arguments, bool isPaused) =>
        new(isPaused, arguments.GetRequiredValue(_by), TimeProvider.System.GetUtcNow(), arguments.GetValue(_reason));

    public string By(ParseResult arguments) => arguments.GetRequiredValue(_by);

    public string? Reason(ParseResult arguments) => arguments.GetValue(_reason);

    /// <summary>Asks, prints each partition's answer, and fails when one is refused or missing.</summary>
    /// <param name="sink">Its name, or that of the generation that is meant.</param>
    /// <param name="key">The aggregate that it is about; null for all.</param>
    /// <param name="cutsReplay">It may leave out what a replay has not come to yet.</param>
    public async Task AskAsync(
        SinkAccess access, string sink, ParseResult arguments, SinkRequestKind kind, IReadOnlyList<SinkTarget> targets, CancellationToken cancellationToken, string? key = null,
        bool cutsReplay = false)
    {
        var answers = await AnswersAsync(access, sink, arguments, Request(arguments, kind, targets) with { Key = key, CutsReplay = cutsReplay }, cancellationToken);
        foreach (var answer in answers)
            Console.WriteLine($"{answer.Topic}-{answer.Partition}: {(answer.IsDone ? "" : "REFUSED. ")}{answer.Message}");
        var missing = targets.Select(target => $"{target.Topic}-{target.Partition}").Except(answers.Select(answer => $"{answer.Topic}-{answer.Partition}")).ToList();
        if (missing.Count > 0)
            throw new Failure($"No answer from {string.Join(", ", missing)} yet: no host has them, or they are busy. The request stands, and is done when one does.");
        if (answers.Any(answer => !answer.IsDone))
            throw new Failure("Not everything was done.");
    }

    /// <summary>Asks something about the destination as a whole.</summary>
    /// <exception cref="Failure">It is refused, or nobody answers in time.</exception>
    public async Task<SinkAnswer> AskAsync(SinkAccess access, SinkChoice sink, ParseResult arguments, SinkRequestKind kind, GenerationAsking asking, CancellationToken cancellationToken)
    {
        // Whoever has this partition of what readers see does it for all.
        var place = (sink.Of(sink.Generations.Current) is [var first, ..] ? first : sink.Reports[0]);
        var answers = await AnswersAsync(access, sink.Sink, arguments, Request(arguments, kind, [new(place.Topic, place.Partition)]) with { Generations = asking }, cancellationToken);
        var answer = answers.Count > 0
            ? answers[0]
            : throw new Failure($"No answer yet: no host has {place.Topic}-{place.Partition}, or it is busy. The request stands, and is done when one does (--wait waits longer).");
        return answer.IsDone ? answer : throw new Failure($"REFUSED. {answer.Message}");
    }

    private SinkRequest Request(ParseResult arguments, SinkRequestKind kind, IReadOnlyList<SinkTarget> targets) =>
        new(Guid.CreateVersion7().ToString(), kind, By(arguments), TimeProvider.System.GetUtcNow(), Reason(arguments), targets);

    private Task<IReadOnlyList<SinkAnswer>> AnswersAsync(SinkAccess access, string sink, ParseResult arguments, SinkRequest request, CancellationToken cancellationToken) =>
        access.Control.AskAsync(sink, request, TimeSpan.FromSeconds(arguments.GetValue(_wait)), cancellationToken);
}
