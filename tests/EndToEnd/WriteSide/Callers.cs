using System.Collections.Concurrent;
using Streaming.Chaos;
using Streaming.Chaos.Workload;
using Streaming.Fixtures;
using Streaming.LogChecker;

namespace Streaming.EndToEnd.Tests.WriteSide;

/// <summary>Callers of a stage's hosts, each with one command after another of a plan, who insist on an answer and note what they were told.</summary>
internal sealed class Callers : IAsyncDisposable
{
    // Since anybody was answered: how long a test takes depends on how soon it catches the moment that it waits for.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MoreDeadline = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenCommands = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _late = new(Deadline);
    private readonly ConcurrentQueue<ToldAnswer> _told = new();
    private readonly IEnumerator<PlannedCommand> _plan;
    private readonly PatientCaller _caller;
    private readonly Stage _stage;
    private readonly Task _sending;

    private Callers(Stage stage, IEnumerable<PlannedCommand> plan, int atOnce)
    {
        (_stage, _plan) = (stage, plan.GetEnumerator());
        _caller = new PatientCaller([.. stage.Hosts.Select(host => host.Url)]);
        _sending = Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => SendAsync()));
    }

    public IReadOnlyCollection<ToldAnswer> Told => _told;

    /// <summary>Nobody was answered for long.</summary>
    public CancellationToken Late => _late.Token;

    public static Callers Start(Stage stage, IEnumerable<PlannedCommand> plan, int atOnce = 16) => new(stage, plan, atOnce);

    /// <summary>Returns once that many more commands are answered.</summary>
    public async Task MoreAsync(int count)
    {
        var enough = _told.Count + count;
        await Eventually.Async(() => _told.Count >= enough || _sending.IsCompleted, MoreDeadline, $"{enough} commands are answered");
        if (_sending.IsCompleted)
            await _sending;
    }

    /// <summary>Nobody asks for anything new; returns when everybody is answered.</summary>
    public async Task StopAsync()
    {
        await _closing.CancelAsync();
        await _sending;
    }

    /// <summary>Returns when the whole plan is answered.</summary>
    public Task AllAsync() => _sending;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _late.CancelAsync();
        await _sending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _caller.Dispose();
        _plan.Dispose();
        _closing.Dispose();
        _late.Dispose();
    }

    private async Task SendAsync()
    {
        while (!_closing.IsCancellationRequested && Next() is { } command)
        {
            _told.Enqueue(await AskAsync(command));
            _late.CancelAfter(Deadline);
            await Task.Delay(BetweenCommands, TimeProvider.System, _late.Token);
        }
    }

    private async Task<ToldAnswer> AskAsync(PlannedCommand command)
    {
        try
        {
            return await _caller.AskAsync(command, _late.Token);
        }
        catch (OperationCanceledException cause) when (!_closing.IsCancellationRequested)
        {
            throw new TimeoutException($"{command} had no answer, nor had others in {Deadline.TotalMinutes} min.\n{string.Join("\n\n", _stage.Hosts.Select(host => host.Output))}", cause);
        }
    }

    private PlannedCommand? Next()
    {
        lock (_plan)
            return _plan.MoveNext() ? _plan.Current : null;
    }
}
