using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streaming.Local.Risk;

/// <summary>An external system for the pipeline to call, with the behaviour of <see cref="RiskRules"/>.</summary>
/// <remarks><c>POST /checks {"orderId", "checkId", "customerId", "accountId", "total", "currency"} → {"verdict": "approved" | "declined", "reason"}</c>;
/// total is text, such as "12.50".</remarks>
internal sealed class RiskServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RiskServer(WebApplication app, string url) => (_app, Url) = (app, url);

    /// <summary>Where checks are posted, such as <c>http://127.0.0.1:7100/checks</c>.</summary>
    public string Url { get; }

    public static async Task<RiskServer> StartAsync(int port, decimal limit, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var app = await LoopbackApp.StartAsync(
            port, app => app.MapPost("/checks", (Question asked, HttpContext http) => AnswerAsync(asked, limit, http)), loggers, cancellationToken);
        return new(app, $"{app.Urls.First()}/checks");
    }

    public async ValueTask DisposeAsync()
    {
        // Those that wait for an answer that never comes must not be waited for.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task<IResult> AnswerAsync(Question asked, decimal limit, HttpContext http)
    {
        if (!decimal.TryParse(asked.Total, NumberStyles.Number, CultureInfo.InvariantCulture, out var total))
            return Results.BadRequest();
        var judgement = RiskRules.Judge(asked.CustomerId, total, limit);
        if (judgement.Behaviour == RiskBehaviour.Fail)
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (judgement.Behaviour == RiskBehaviour.Hang)
            await Hang(http.RequestAborted);
        return Results.Json(new { judgement.Verdict, judgement.Reason });
    }

    private static async Task Hang(CancellationToken aborted)
    {
        var never = new TaskCompletionSource();
        await using var ended = aborted.Register(() => never.TrySetResult());
        await never.Task;
    }

    private sealed record Question(string OrderId, string CheckId, string CustomerId, string AccountId, string Total, string Currency);
}
