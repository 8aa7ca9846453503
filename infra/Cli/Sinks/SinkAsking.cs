using System.CommandLine;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary>The options of every request to a sink, and how it is asked.</summary>
internal sealed class SinkAsking
{
    private readonly Argument<string> _sink = new("sink") { Description = "Such as sql-sink; streamctl status lists them." };
    private readonly Option<string> _by = new("--by") { Description = "Who asks: it stays on record.", DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why: it stays on record." };
    private readonly Option<int> _wait = new("--wait") { Description = "Seconds to wait for the answers.", DefaultValueFactory = _ => 30 };

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

    /// <summary>Asks, prints each partition's answer, and fails when one is refused or missing.</summary>
    public async Task AskAsync(SinkAccess access, ParseResult arguments, SinkRequestKind kind, IReadOnlyList<SinkTarget> targets, CancellationToken cancellationToken)
    {
        var request = new SinkRequest(
            Guid.CreateVersion7().ToString(), kind, arguments.GetRequiredValue(_by), TimeProvider.System.GetUtcNow(), arguments.GetValue(_reason), targets);
        var answers = await access.Control.AskAsync(Sink(arguments), request, TimeSpan.FromSeconds(arguments.GetValue(_wait)), cancellationToken);
        foreach (var answer in answers)
            Console.WriteLine($"{answer.Topic}-{answer.Partition}: {(answer.IsDone ? "" : "REFUSED. ")}{answer.Message}");
        var missing = targets.Select(target => $"{target.Topic}-{target.Partition}").Except(answers.Select(answer => $"{answer.Topic}-{answer.Partition}")).ToList();
        if (missing.Count > 0)
            throw new Failure($"No answer from {string.Join(", ", missing)} yet: no host has them, or they are busy. The request stands, and is done when one does.");
        if (answers.Any(answer => !answer.IsDone))
            throw new Failure("Not everything was done.");
    }
}
