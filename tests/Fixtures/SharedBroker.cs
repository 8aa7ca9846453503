using Streaming.Broker;

namespace Streaming.Fixtures;

/// <summary>One embedded broker for all fixtures of the process: started by the first, stopped by the last.</summary>
internal static class SharedBroker
{
    private static readonly SemaphoreSlim Turn = new(1);
    private static TempFolder? _folder;
    private static EmbeddedBroker? _broker;
    private static int _sharers;

    /// <summary>Where clients connect. Each join is ended by one <see cref="LeaveAsync"/>.</summary>
    public static async Task<string> JoinAsync()
    {
        await Turn.WaitAsync();
        try
        {
            if (_broker is null)
            {
                _folder = new TempFolder("broker");
                // Tests of compaction wait for it, once a second is enough for them; those of groups wait for heartbeats, and for the sessions of the dead.
                _broker = await EmbeddedBroker.StartAsync(new BrokerOptions
                {
                    DataDirectory = _folder.Path,
                    Compaction = { IntervalMs = 1_000 },
                    Groups = { ConsumerSessionTimeoutMsMin = 6_000, ConsumerSessionTimeoutMs = 6_000, ConsumerHeartbeatIntervalMsMin = 200, ConsumerHeartbeatIntervalMs = 200 },
                });
            }
            _sharers++;
            return _broker.BootstrapServers;
        }
        finally
        {
            Turn.Release();
        }
    }

    public static async Task LeaveAsync()
    {
        await Turn.WaitAsync();
        try
        {
            if (--_sharers > 0 || _broker is null)
                return;
            await _broker.DisposeAsync();
            _folder?.Dispose();
            (_broker, _folder) = (null, null);
        }
        finally
        {
            Turn.Release();
        }
    }
}
