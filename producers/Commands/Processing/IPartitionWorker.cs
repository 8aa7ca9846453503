namespace Streaming.Commands.Processing;

/// <summary>A partition's worker as the poll loop sees it: what it decides is none of the loop's business.</summary>
internal interface IPartitionWorker : IDisposable
{
    CommandQueue Queue { get; }

    PartitionStatus Status { get; }

    PartitionReading Reading { get; }

    /// <summary>Asks the worker to end after what it cannot interrupt.</summary>
    void RequestStop();

    /// <summary>Blocks until the worker writes nothing any more.</summary>
    void AwaitStop(string why);
}
