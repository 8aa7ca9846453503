using Streaming.Chaos.Faults;

namespace Streaming.Chaos.ReadSide.Faults;

/// <summary>What goes wrong for one sink, one after another: each fault of its list once, then by chance. Several lanes run at the same time.</summary>
/// <param name="first">Where in the list it begins, so that sinks do not have the same fault in the same round.</param>
internal sealed class FaultLane(ReadStage stage, SinkHosts sink, IReadOnlyList<ReadFault> possible, int first)
{
    private const int PerRound = 2;
    private const int BetweenMsMax = 800;
    private int _done;

    /// <summary>Those that a sink of the stage can have.</summary>
    public static IReadOnlyList<FaultLane> Of(ReadStage stage) =>
    [
        Of(stage, stage.Sql, DestinationFaults.OfTables, first: 0),
        Of(stage, stage.Elastic, DestinationFaults.OfDocuments, first: 3),
        Of(stage, stage.LakeSink, stage.Lake.Front is null ? [] : DestinationFaults.OfBucket, first: 6),
    ];

    /// <returns>What was done, each with the name of its fault.</returns>
    public async Task<IReadOnlyList<(string Fault, string What)>> RunAsync(Random random, CancellationToken stopping)
    {
        var done = new List<(string, string)>();
        for (var i = 0; i < PerRound && !stopping.IsCancellationRequested; i++, _done++)
        {
            await Rest.ForAsync(random.NextDouble() * TimeSpan.FromMilliseconds(BetweenMsMax), stopping);
            var fault = possible[_done < possible.Count ? (first + _done) % possible.Count : random.Next(possible.Count)];
            sink.StartEnded();
            done.Add(($"{fault.Name} ({sink.Name})", await fault.DoAsync(stage, sink, random, stopping)));
        }

        return done;
    }

    // By turns, so that two rounds have some of each kind.
    private static FaultLane Of(ReadStage stage, SinkHosts sink, IReadOnlyList<ReadFault> ofDestination, int first)
    {
        var all = new[] { ofDestination, HostFaults.All, PeopleFaults.All };
        var longest = all.Max(kind => kind.Count);
        return new(stage, sink, [.. Enumerable.Range(0, longest).SelectMany(i => all.Where(kind => i < kind.Count).Select(kind => kind[i]))], first);
    }
}
