using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Contracts.Control;
using Streaming.Sinks.Control;
using Streaming.Sinks.Health;
using Streaming.Sinks.Worker;

namespace Streaming.Sinks.Generations;

/// <summary>Does what people ask of a destination with several generations, one after another, beside the partitions' work.</summary>
/// <remarks>
/// Each request names a partition; the host that has it, in the generation that readers see, does it for all. A crash between a deed and its answer does it
/// again, which changes nothing. What a person may do is checked here and not where they ask: anybody may write to the topic.
/// </remarks>
internal sealed class GenerationRequests(
    GenerationOpening opening, GenerationControl control, GenerationProgress progress, ControlClient client, ClusterView cluster, SinkRuns runs, HostContext host, ISink sink, ILogger logger)
{
    private const int ExamplesMost = 100;
    private readonly HashSet<string> _waiting = [];

    private ISinkGenerations Destination => opening.Destination!;

    private SinkGenerations Declared => control.Declared ?? SinkGenerations.Only(opening.ConfiguredNumber);

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(host.Options.ControlPollMs), host.Time);
        try
        {
            do
            {
                foreach (var request in control.Open.Where(IsOurs))
                    await FollowAsync(request, stopping);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Whoever has the partition next does what is left.
        }
    }

    private bool IsOurs(SinkRequest request)
    {
        var declared = Declared;
        var leading = runs.Find(declared.Current) is not null || declared.Running.Contains(declared.Current) ? declared.Current : declared.Running.Order().FirstOrDefault(opening.ConfiguredNumber);
        return runs.Find(leading) is { } status
            && status.Partitions.Any(partition => partition.Topic == request.Targets[0].Topic && partition.Partition == request.Targets[0].Partition);
    }

    private async Task FollowAsync(SinkRequest request, CancellationToken stopping)
    {
        try
        {
            if (await JudgeAsync(request, stopping) is var (isDone, message, proof))
                await AnswerAsync(request, isDone, message, proof, stopping);
        }
        catch (Exception passing) when (!stopping.IsCancellationRequested && IsPassing(passing))
        {
            logger.RequestDelayed(passing, opening.Sink, request.Kind, request.Id, passing.Message);
            await Task.Delay(TimeSpan.FromMilliseconds(host.Options.RetryDelayMaxMs), host.Time, stopping);
        }
    }

    /// <summary>Null while it has to wait.</summary>
    private async Task<(bool IsDone, string Message, GenerationProof? Proof)?> JudgeAsync(SinkRequest request, CancellationToken stopping)
    {
        try
        {
            return await DoAsync(request, stopping) is var (message, proof) ? (true, message, proof) : null;
        }
        catch (RefusedException refused)
        {
            return (false, refused.Message, null);
        }
        catch (Exception cause) when (!stopping.IsCancellationRequested && !IsPassing(cause))
        {
            return (false, $"It failed: {cause.Message}", null);
        }
    }

    private bool IsPassing(Exception cause) => cause is KafkaException or TimeoutException || sink.IsTransient(cause);

    /// <summary>Null while it has to wait.</summary>
    private async Task<(string Message, GenerationProof? Proof)?> DoAsync(SinkRequest request, CancellationToken stopping) => request.Kind switch
    {
        SinkRequestKind.Verify => await VerifyAsync(request.Generations!, stopping),
        SinkRequestKind.Swap => (await SwapAsync(request, stopping), null),
        _ => await DropAsync(request, stopping) is { } message ? (message, null) : null,
    };

    private async Task<(string Message, GenerationProof Proof)> VerifyAsync(GenerationAsking asking, CancellationToken stopping)
    {
        var left = asking.Left > 0 ? asking.Left : Declared.Current;
        var toGo = await progress.EventsToGoAsync(left, asking.Right, stopping);
        var compared = await Destination.CompareAsync(left, asking.Right, Math.Clamp(asking.ExamplesMax, 1, ExamplesMost), stopping);
        var proof = new GenerationProof(toGo, AnswerSize.Bound(compared));
        var whole = toGo == 0 ? "" : $" Generation {asking.Right} had {toGo} offsets to go: verify again when it has come to the end.";
        return (compared.IsEqual ? $"What both hold is equal.{whole}" : $"They differ.{whole}", proof);
    }

    private async Task<string> SwapAsync(SinkRequest request, CancellationToken stopping)
    {
        var (declared, to) = (Declared, request.Generations!.Right);
        if (declared.Current == to && await Destination.CurrentAsync(stopping) == to)
            return $"Readers see generation {to} already.";
        if (declared.Current != to)
            await CheckAsync(declared.Current, to, request.Generations.Acknowledged, stopping);
        await Destination.SwapAsync(to, stopping);
        bool holds;
        do
        {
            // Again where somebody has started or stopped another one meanwhile: that stays as they said.
            holds = await DeclareAsync(Shown(Declared, to), request, stopping);
        }
        while (!holds);
        return $"Readers see generation {to} now, and no longer generation {declared.Current}.";
    }

    private async Task CheckAsync(int from, int to, string? acknowledged, CancellationToken stopping)
    {
        if (control.NewestProof(from, to) is not { Proof: { } proof } answer)
            throw new RefusedException($"Generations {from} and {to} were not compared: streamctl sinks verify {opening.Sink} --left {from} --right {to}.");
        if (proof.EventsToGo > 0)
            throw new RefusedException($"When they were compared ({answer.RequestId}), generation {to} had {proof.EventsToGo} offsets to go. Verify again.");
        if (!proof.IsEqual && acknowledged != answer.RequestId)
        {
            throw new RefusedException($"They differ ({answer.RequestId})" + (acknowledged is null ? "" : $", and what was acknowledged is {acknowledged}")
                + $". If that is meant: streamctl sinks swap {opening.Sink} --to {to} --acknowledge {answer.RequestId}.");
        }

        if (await progress.EventsToGoAsync(from, to, stopping) is > 0 and var toGo)
            throw new RefusedException($"Generation {to} is {toGo} offsets behind what readers see: does it run, and has it come to the end (streamctl sinks generations {opening.Sink})?");
    }

    private async Task<string?> DropAsync(SinkRequest request, CancellationToken stopping)
    {
        var (declared, number) = (Declared, request.Generations!.Right);
        if (declared.Current == number)
            throw new RefusedException($"Generation {number} is what readers see. Show them another one first.");
        if (declared.Running.Contains(number))
            throw new RefusedException($"Generation {number} is declared to run. Stop it first: streamctl sinks rebuild {opening.Sink} --cancel --generation {number}.");
        var name = SinkNames.OfGeneration(opening.Sink, number);
        if (!await cluster.IsGroupEmptyAsync(host.Prefix + name))
        {
            if (_waiting.Add(request.Id))
                logger.DropWaits(opening.Sink, number, host.Prefix + name);
            return null;
        }

        // Declared first: who wants it to run from now on is too late, and who was faster is seen when this is looked at again.
        if (declared.Held.Contains(number) && !await DeclareAsync(declared.Dropped(number), request, stopping))
            return null;
        await Destination.DropAsync(number, stopping);
        await client.ForgetAsync(name, stopping);
        return $"Generation {number} is gone.";
    }

    private static SinkGenerations Shown(SinkGenerations declared, int number) =>
        declared with { Current = number, Held = declared.Started(number).Held, Newest = Math.Max(declared.Newest, number) };

    private Task<bool> DeclareAsync(SinkGenerations changed, SinkRequest request, CancellationToken stopping) =>
        control.DeclareAsync(changed with { By = request.By, At = host.Time.GetUtcNow(), Reason = request.Reason }, stopping);

    private async Task AnswerAsync(SinkRequest request, bool isDone, string message, GenerationProof? proof, CancellationToken stopping)
    {
        var target = request.Targets[0];
        logger.AskedOfGenerations(opening.Sink, request.By, request.Id, request.Kind, message);
        await control.AnswerAsync(new(request.Id, target.Topic, target.Partition, isDone, message, Environment.MachineName, host.Time.GetUtcNow(), proof), stopping);
    }

    private sealed class RefusedException(string message) : Exception(message);
}
