namespace Streaming.Fixtures;

/// <summary>Awaits a condition of the outside world with a deadline, and says at the deadline what was missed.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>The deadline used where a test gives none: far above what a busy machine needs.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    /// <summary>Returns once <paramref name="condition"/> holds; it is asked every 20 ms.</summary>
    /// <param name="what">Completes the sentence "not within 30 s: …".</param>
    /// <exception cref="TimeoutException">The condition did not hold in time; names <paramref name="what"/>.</exception>
    public static async Task Async(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
        using var late = new CancellationTokenSource(deadline);
        while (!await condition())
        {
            if (late.IsCancellationRequested)
                throw new TimeoutException($"not within {deadline.TotalSeconds:0.#} s: {what}");
            await Task.Delay(Interval, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <inheritdoc cref="Async(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task Async(Func<bool> condition, TimeSpan deadline, string what) =>
        Async(() => Task.FromResult(condition()), deadline, what);

    /// <inheritdoc cref="Async(Func{Task{bool}}, TimeSpan, string)"/>
    public static Task Async(Func<bool> condition, string what) => Async(condition, DefaultDeadline, what);

    /// <summary>Asks until an answer other than null comes, and returns it.</summary>
    public static async Task<T> NotNullAsync<T>(Func<Task<T?>> ask, TimeSpan deadline, string what)
        where T : class
    {
        T? answer = null;
        await Async(async () => (answer = await ask()) is not null, deadline, what);
        return answer!;
    }
}
