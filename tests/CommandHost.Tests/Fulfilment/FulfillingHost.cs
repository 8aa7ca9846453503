using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Fulfilment;

/// <summary>One host that fulfils orders, for the tests that need nothing special of it; its risk service goes by who orders.</summary>
public sealed class FulfillingHost : IAsyncDisposable
{
    /// <summary>Declined.</summary>
    public const string Blocked = "blocked-1";

    private readonly SemaphoreSlim _once = new(1, 1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _slow = new();
    private ScriptedRiskService? _risk;
    private RunningHost? _running;

    internal async Task<RunningHost> OnAsync(KafkaFixture kafka)
    {
        await _once.WaitAsync();
        try
        {
            return _running ??= await StartAsync(kafka);
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Nobody decides about this customer until <see cref="Release"/>.</summary>
    internal void Slow(string customerId) => _slow[customerId] = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Release(string customerId) => _slow[customerId].SetResult();

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        if (_risk is not null)
            await _risk.DisposeAsync();
        _once.Dispose();
    }

    private async Task<RunningHost> StartAsync(KafkaFixture kafka)
    {
        _risk = await ScriptedRiskService.StartAsync();
        _risk.Answer = (_, http) => JudgeAsync(http);
        return await (await RunningHost.StartAsync(
            kafka, settings: [("Commands:Roles:Fulfilment", "true"), ("RiskCheck:Url", _risk.Url), ("RiskCheck:CallTimeoutMs", "60000")])).ReadyAsync();
    }

    private async Task<IResult> JudgeAsync(HttpContext http)
    {
        var customer = ScriptedRiskService.BodyOf(http).GetProperty("customerId").GetString()!;
        if (_slow.TryGetValue(customer, out var released))
            await released.Task;
        return customer == Blocked ? ScriptedRiskService.Says("declined", "Too good to be true.") : ScriptedRiskService.Says("approved");
    }
}
