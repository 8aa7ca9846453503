namespace Streaming.Chaos.Faults;

/// <summary>Lets time pass, which a fault and the quiet between two have to.</summary>
internal static class Rest
{
    /// <summary>Returns after that time, or earlier when it is cut short; that is no error.</summary>
    public static Task ForAsync(TimeSpan length, CancellationToken cut) => Task.Delay(length, TimeProvider.System, cut).ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
