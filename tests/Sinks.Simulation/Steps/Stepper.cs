using System.Diagnostics;

namespace Streaming.Sinks.Simulation.Steps;

/// <summary>Runs code one step at a time: it goes on only where a call is answered or a timer fires, and everything else waits meanwhile.</summary>
/// <remarks>
/// Workers run on this scheduler, on the thread that asks for <see cref="Rest"/>. Where a library leaves it for the pool (Polly does), its return is
/// awaited before the next step: so the order of everything is the order of the steps, which a seed decides.
/// </remarks>
internal sealed class Stepper : TaskScheduler
{
    private static readonly TimeSpan RestDeadline = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly Queue<Task> _due = new();
    private readonly List<Call> _calls = [];
    private readonly List<StepTimer> _timers = [];
    private readonly List<Actor> _actors = [];
    private long _number;
    private Exception? _failure;

    public Stepper() => Time = new StepTime(this);

    public StepTime Time { get; }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Calls that can be answered now, oldest first.</summary>
    public List<Call> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls.Where(call => !call.Actor.IsFrozen && !call.Actor.IsDead)];
        }
    }

    /// <summary>Timers that can fire now, oldest first.</summary>
    public List<StepTimer> Timers
    {
        get
        {
            lock (_gate)
                return [.. _timers.Where(timer => timer.Actor is { IsFrozen: false, IsDead: false })];
        }
    }

    /// <summary>Begins what an actor does.</summary>
    public void Begin(Actor actor, Func<Task> run)
    {
        lock (_gate)
            _actors.Add(actor);
        var before = Actor.Present;
        Actor.Present = actor;
        _ = Task.Factory.StartNew(() => RunAsync(actor, run), CancellationToken.None, TaskCreationOptions.None, this);
        Actor.Present = before;
    }

    public void Done(params Actor[] actors)
    {
        lock (_gate)
        {
            foreach (var actor in actors)
                actor.IsDone = true;
            _actors.RemoveAll(actor => actor.IsDone);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Calls something outside; the effect is had when a step answers it.</summary>
    public Task<T> CallAsync<T>(Callee callee, string what, Func<Random?, T> effect, CancellationToken cancellationToken)
    {
        var actor = Actor.Present ?? throw new UnreachableException($"{what} is called by nobody.");
        Call<T> call;
        lock (_gate)
        {
            call = new Call<T>(_number++, actor, callee, what, effect, cancellationToken);
            _calls.Add(call);
            Monitor.PulseAll(_gate);
        }

        call.Registration = cancellationToken.Register(() => Cancel(call));
        return call.Answer;
    }

    /// <summary>Takes a call out: whoever does answers it. Also one whose caller stands still, as what it had sent arrives all the same.</summary>
    public bool Take(Call call)
    {
        lock (_gate)
        {
            if (!_calls.Remove(call))
                return false;
        }

        call.Registration.Dispose();
        return true;
    }

    /// <summary>What a killed process had sent: it may arrive, or not.</summary>
    public List<Call> TakeAll(Actor dead)
    {
        lock (_gate)
        {
            var left = _calls.Where(call => call.Actor == dead).ToList();
            _calls.RemoveAll(call => call.Actor == dead);
            _timers.RemoveAll(timer => timer.Actor == dead);
            _actors.Remove(dead);
            return left;
        }
    }

    /// <summary>Cancelled calls since the last time: their callers have turned away, but what was sent may still arrive.</summary>
    public List<Call> Cancelled { get; } = [];

    /// <summary>Returns when nothing goes on without a step.</summary>
    public void Rest()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Task next;
            lock (_gate)
            {
                while (!_due.TryDequeue(out next!))
                {
                    if (_actors.TrueForAll(IsAtRest))
                    {
                        if (_failure is not null)
                            throw _failure;
                        return;
                    }

                    Monitor.Wait(_gate, TimeSpan.FromMilliseconds(100));
                    if (Stopwatch.GetElapsedTime(started) > RestDeadline)
                        throw new TimeoutException($"These do not come to rest: {string.Join(", ", _actors.Where(actor => !IsAtRest(actor)))}.");
                }
            }

            TryExecuteTask(next);
        }
    }

    public void Add(StepTimer timer)
    {
        lock (_gate)
        {
            timer.Number = _number++;
            _timers.Add(timer);
            Monitor.PulseAll(_gate);
        }
    }

    public bool Remove(StepTimer timer)
    {
        lock (_gate)
            return _timers.Remove(timer);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _due.Enqueue(task);
            Monitor.PulseAll(_gate);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _due;

    private async Task RunAsync(Actor actor, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (Exception cause)
        {
            _failure = new InvalidOperationException($"{actor} ended by itself.", cause);
            Done(actor);
        }
    }

    private void Cancel(Call call)
    {
        lock (_gate)
        {
            if (!_calls.Remove(call))
                return;
            Cancelled.Add(call);
        }

        call.Cancel();
    }

    // It waits for something that only a step can bring. A cancellation under way is none: its callbacks run on the pool.
    private bool IsAtRest(Actor actor)
    {
        if (actor.IsDead || actor.IsDone)
            return true;
        if (actor.Ends is { } ended)
            return IsAtRest(ended) && (actor.Abandons || Waits(actor));
        if (actor.Ending is { } ending)
            return _calls.Exists(call => call.Actor == actor && (ending.Abandons ? !call.CanBeCancelled : !call.IsCancelling));
        return Waits(actor);
    }

    private bool Waits(Actor actor) => _calls.Exists(call => call.Actor == actor) || _timers.Exists(timer => timer.Actor == actor);
}
