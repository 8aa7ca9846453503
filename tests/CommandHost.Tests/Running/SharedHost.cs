namespace Streaming.CommandHost.Tests.Running;

/// <summary>One host for the tests that need nothing special of it.</summary>
public sealed class SharedHost : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1, 1);
    private RunningHost? _running;

    internal async Task<RunningHost> OnAsync(KafkaFixture kafka)
    {
        await _once.WaitAsync();
        try
        {
            return _running ??= await (await RunningHost.StartAsync(kafka)).ReadyAsync();
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _once.Dispose();
    }
}
