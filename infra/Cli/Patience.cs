namespace Streaming.Cli;

/// <summary>Asks again until the answer is as it must become.</summary>
/// <param name="limit">How long at most.</param>
internal sealed class Patience(TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <returns>The first answer that holds; when none did, the last one.</returns>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, Predicate<T> holds, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (holds(answer) || time.GetElapsedTime(started) > limit)
                return answer;
            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
