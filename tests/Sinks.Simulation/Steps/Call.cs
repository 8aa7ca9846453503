namespace Streaming.Sinks.Simulation.Steps;

/// <summary>Something outside that is called. It decides which failures are likely.</summary>
internal enum Callee
{
    Cluster,
    Destination,
    Registry,
}

/// <summary>A call under way: it has no effect before the simulation lets it.</summary>
internal abstract class Call(long number, Actor actor, Callee callee, string what, CancellationToken token)
{
    public long Number => number;
    public Actor Actor => actor;
    public Callee Callee => callee;
    public string What => what;
    public bool IsCancelling => token.IsCancellationRequested;
    public bool CanBeCancelled => token.CanBeCanceled;

    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>Has the effect, without anybody learning of it.</summary>
    public abstract void Land(Random? random);

    /// <summary>Has the effect and returns it.</summary>
    public abstract void Return(Random? random);

    public abstract void Fail(Exception cause);

    public abstract void Cancel();
}

/// <param name="effect">What it does there, with the luck it has; null for none needed.</param>
internal sealed class Call<T>(long number, Actor actor, Callee callee, string what, Func<Random?, T> effect, CancellationToken token)
    : Call(number, actor, callee, what, token)
{
    private readonly TaskCompletionSource<T> _answer = new();
    private readonly CancellationToken _token = token;

    public Task<T> Answer => _answer.Task;

    public override void Land(Random? random)
    {
        try
        {
            effect(random);
        }
        catch (Exception)
        {
            // Refused; nobody waits for the answer.
        }
    }

    public override void Return(Random? random)
    {
        T result;
        try
        {
            result = effect(random);
        }
        catch (Exception refused)
        {
            _answer.SetException(refused);
            return;
        }

        _answer.SetResult(result);
    }

    public override void Fail(Exception cause) => _answer.SetException(cause);

    public override void Cancel() => _answer.TrySetCanceled(_token);
}
