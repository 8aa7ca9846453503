using System.Globalization;
using System.Net;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using Streaming.Contracts.Fulfilment;
using Streaming.Domain.Fulfilment;

namespace Streaming.CommandHost.Fulfilment;

/// <summary>Asks the external service, again and again until the check's time is over; an answer that cannot be had is one, too: unavailable.</summary>
internal sealed class RiskService : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly RiskCheckOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RiskService> _logger;
    private readonly ResiliencePipeline<Verdict> _pipeline;

    public RiskService(IOptions<RiskCheckOptions> options, TimeProvider time, ILogger<RiskService> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _pipeline = new ResiliencePipelineBuilder<Verdict> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Verdict>
            {
                MaxRetryAttempts = int.MaxValue,    // The check's deadline ends it.
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(_options.RetryDelayMs),
                MaxDelay = TimeSpan.FromMilliseconds(Math.Max(_options.RetryDelayMs, _options.RetryDelayMsMax)),
                ShouldHandle = outcome => ValueTask.FromResult(outcome.Outcome.Exception is HttpRequestException or TimeoutRejectedException),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(_options.CallTimeoutMs))
            .Build();
    }

    /// <summary>What the service says of an order; unavailable with the reason when it says nothing before the check's time is over.</summary>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async Task<Verdict> CheckAsync(RiskCheckRequested check, CancellationToken stopping)
    {
        if (_options.Url.Length == 0)
            return Unavailable("RiskCheck:Url is not set, so nobody is asked.");
        var left = check.Deadline - TimeSpan.FromMilliseconds(_options.GiveUpBeforeMs) - _time.GetUtcNow();
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            return await _pipeline.ExecuteAsync(async cancellation => await CallAsync(check, cancellation), ending.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            _logger.RiskCheckGivenUp(check.CheckId, left.TotalMilliseconds);
            return Unavailable("The risk check gave no answer in time.");
        }
        catch (Exception cause) when (cause is InvalidDataException or System.Text.Json.JsonException)
        {
            _logger.RiskCheckFailed(cause, check.CheckId, cause.Message);
            return Unavailable($"The risk check was answered in a way that cannot be understood: {cause.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Verdict> CallAsync(RiskCheckRequested check, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Url)
        {
            Content = JsonContent.Create(new Question(
                check.OrderId.Value, check.CheckId, check.CustomerId.Value, check.AccountId.Value,
                check.Total.ToString(CultureInfo.InvariantCulture), check.Currency.Value)),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", check.CheckId);
        using var response = await _http.SendAsync(request, cancellation);
        if ((int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
            throw new HttpRequestException($"The risk check answered {(int)response.StatusCode}.");
        if (!response.IsSuccessStatusCode)
            throw new InvalidDataException($"status {(int)response.StatusCode}");
        var answer = await response.Content.ReadFromJsonAsync<Reply>(cancellation) ?? throw new InvalidDataException("no body");
        return answer.Verdict switch
        {
            "approved" => new(RiskVerdict.approved, Bounded(answer.Reason)),
            "declined" => new(RiskVerdict.declined, Bounded(answer.Reason)),
            _ => throw new InvalidDataException($"verdict '{answer.Verdict}', where approved or declined is expected"),
        };
    }

    private static Verdict Unavailable(string reason) => new(RiskVerdict.unavailable, Bounded(reason));

    private static string? Bounded(string? text) => text is null ? null : FulfilmentLimits.Bounded(text);

    // Money as text, because JSON numbers are floating point to many a reader.
    private sealed record Question(string OrderId, string CheckId, string CustomerId, string AccountId, string Total, string Currency);

    private sealed record Reply([property: JsonPropertyName("verdict")] string? Verdict, [property: JsonPropertyName("reason")] string? Reason);
}

/// <summary>What a check found, and why.</summary>
internal sealed record Verdict(RiskVerdict Found, string? Reason);
