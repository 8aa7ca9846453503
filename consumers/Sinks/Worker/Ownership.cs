using Confluent.Kafka;

namespace Streaming.Sinks.Worker;

/// <summary>Whether an opened partition is still ours: for whoever is about to do what no fence can refuse, such as a call to another system.</summary>
/// <remarks>
/// The group gives a partition to nobody else before the session time-out has passed since it last heard of its owner, and a commit is heard: it names
/// member and generation. So for half of that time, counted from before the commit was sent, nothing has to be asked; the other half is for the call. The
/// clock goes on while the process stands still, so that a host that wakes asks before it does anything more.
/// </remarks>
internal sealed class Ownership(WorkerContext context, IPartitionFeed feed, OpenedPartition opened) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private long _heardAt = long.MinValue;

    /// <summary>Returns while the partition is ours for as long as a call takes. A group that gives no answer is asked until it does.</summary>
    /// <exception cref="FencedException">It is not ours any more.</exception>
    public async ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        if (IsSure)
            return;
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            while (!IsSure)
            {
                var askedAt = context.Time.GetTimestamp();
                if (await IsHeardAsync(cancellationToken))
                    Volatile.Write(ref _heardAt, askedAt);
                else
                    await Task.Delay(RetryDelay, context.Time, cancellationToken);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private bool IsSure => Volatile.Read(ref _heardAt) is var at && at != long.MinValue && context.Time.GetElapsedTime(at) < context.Lease;

    private async Task<bool> IsHeardAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The same offset once more. Without one there is nothing to commit that a reset could be told from: then the destination is asked.
            if (opened.Group.Held is { } offset)
                await feed.CommitAsync(offset).WaitAsync(cancellationToken);
            else
                await context.Sink.ConfirmAsync(opened.Source, opened.Checkpoint.Fence, cancellationToken);
            return true;
        }
        catch (KafkaException cause) when (cause.Error.Code is ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId)
        {
            throw new FencedException(opened.Source, opened.Checkpoint.Fence);
        }
        catch (KafkaException)
        {
            return false;   // Nobody answers, or a rebalance is under way: it may be ours, and nothing is done before that is known.
        }
    }
}
