using Streaming.Cli.Api;
using Streaming.Cli.Sinks;

namespace Streaming.Cli.Demo;

/// <summary>The SQL tables are built anew beside those that readers see, proved equal, and put into their place, by the commands that an operator has.</summary>
/// <param name="cluster">Options by which these commands find the cluster.</param>
internal sealed class RebuildStory(SinkAccess access, StockApi stock, StoryPrinter printer, IReadOnlyList<string> cluster)
{
    private const string Sink = "sql-sink";

    /// <exception cref="Failure">A command failed, or readers see something else than before.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var before = await SqlAnswers.ReadAsync(stock, cancellationToken);
        var old = (await access.FindGenerationsAsync(Sink, cancellationToken)).Generations.Current;
        await RunAsync(["rebuild", Sink], cancellationToken);
        await RunAsync(["verify", Sink], cancellationToken);
        await RunAsync(["swap", Sink], cancellationToken);
        printer.Same((await SqlAnswers.ReadAsync(stock, cancellationToken)).EnsureSame(before));
        printer.Gap();
        await RunAsync(["drop", Sink, "--generation", $"{old}"], cancellationToken);
    }

    // As if typed: what is printed is what an operator sees.
    private async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        printer.Command($"streamctl sinks {string.Join(' ', command)}");
        if (await SinksCommand.Create().Parse([.. command, .. cluster]).InvokeAsync(cancellationToken: cancellationToken) != 0)
            throw new Failure($"streamctl sinks {command[0]} did not come to its end; see above.");
        printer.Gap();
    }
}
