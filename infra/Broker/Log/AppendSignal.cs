namespace Streaming.Broker.Log;

/// <summary>Wakes one waiting fetch, whichever of its partitions gets something to read first.</summary>
internal sealed class AppendSignal
{
    private readonly TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Raised => _raised.Task;

    public void Raise() => _raised.TrySetResult();
}
