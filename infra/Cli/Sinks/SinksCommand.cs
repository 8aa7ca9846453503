using System.CommandLine;
using Streaming.Contracts.Control;

namespace Streaming.Cli.Sinks;

/// <summary><c>streamctl sinks</c>: what an operator asks of a sink while it runs.</summary>
internal static class SinksCommand
{
    public static Command Create() => new("sinks", "Moves, pauses, resumes and rebuilds sinks.")
    {
        ResetCommand.Create(),
        Answering("skip", SinkRequestKind.Skip, "Confirms that a group was moved forward by a Kafka tool: the events in between are left out."),
        Answering("stay", SinkRequestKind.Stay, "Refuses that: the sink goes on from its checkpoint, and leaves out nothing."),
        Pausing("pause", isPaused: true, "Has a sink stand still: it keeps its partitions, and writes nothing."),
        Pausing("resume", isPaused: false, "Has a paused sink go on where it was."),
        GenerationsCommand.Create(),
        RebuildCommand.Create(),
        VerifyCommand.Create(),
        SwapCommand.Create(),
        DropCommand.Create(),
    };

    private static Command Answering(string name, SinkRequestKind kind, string description)
    {
        var asking = new SinkAsking();
        return SinkAccess.On(asking.AddTo(new Command(name, description)), async (access, arguments, cancellationToken) =>
        {
            var sink = await access.FindAsync(asking.Sink(arguments), cancellationToken);
            var waiting = sink.OfMeant.Where(report => report.State == "awaiting-answer").Select(report => new SinkTarget(report.Topic, report.Partition)).ToList();
            if (waiting.Count == 0)
                throw new Failure("No partition waits for an answer.");
            await asking.AskAsync(access, sink.Name, arguments, kind, waiting, cancellationToken);
        });
    }

    private static Command Pausing(string name, bool isPaused, string description)
    {
        var asking = new SinkAsking();
        return SinkAccess.On(asking.AddTo(new Command(name, description)), async (access, arguments, cancellationToken) =>
        {
            var sink = (await access.FindAsync(asking.Sink(arguments), cancellationToken)).Name;
            await access.Control.PauseAsync(sink, asking.Pause(arguments, isPaused), cancellationToken);
            Console.WriteLine($"{sink} is asked to {(isPaused ? "stand still" : "go on")}; streamctl status shows when it does.");
        });
    }
}
