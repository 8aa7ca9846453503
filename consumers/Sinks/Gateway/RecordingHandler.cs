using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Gateway;

/// <summary>Records what an external system answered to the calls of an event, and answers from the record whenever the event is handled again.</summary>
/// <remarks>
/// A replay never calls out. A call that changes something is announced on the topic before it is made, so that after a crash it is known that it may
/// have been. Answers that invite another try (408, 429, 5xx) are handed on and not kept.
/// </remarks>
public sealed class RecordingHandler(IOptions<GatewayOptions> options, TimeProvider time) : DelegatingHandler
{
    private const string IdempotencyKey = "Idempotency-Key";

    /// <exception cref="PoisonEventException">A replay lacks the record, or the call may have been made before a crash, and the policies say so.</exception>
    /// <exception cref="CallSkippedException">A replay lacks the record, and the policy leaves the event's effect out.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var scope = RecordingGateway.Current
            ?? throw new InvalidOperationException($"{request.Method} {request.RequestUri} is made outside of an event: a recorded client is for handlers and enrichments.");
        var name = scope.NameOf(await CallAsync(request, cancellationToken));
        var known = await scope.Recordings.FindAsync(name, cancellationToken);
        // An answer that refused is asked for anew when a person has the event handled again.
        if (known?.State == RecordingState.Answered && !(scope.IsRedrive && scope.Mode == SinkMode.Live && known.Status >= 400))
            return Answer(known, request);

        var changes = request.Method != HttpMethod.Get && request.Method != HttpMethod.Head && request.Method != HttpMethod.Options;
        if (scope.Mode == SinkMode.Replay || (scope.Mode == SinkMode.CatchUp && changes))
            return Missing(scope, request);
        if (known?.State == RecordingState.Intended && changes && !scope.IsRedrive && options.Value.OnUncertain == UncertainCallPolicy.Park)
        {
            throw new PoisonEventException(scope.Recorded.Offset, $"{request.Method} {request.RequestUri} was begun at {known.At:u}, and nobody knows whether it was made. "
                + "Find out: redrive to make it (again), discard to leave it.");
        }

        await scope.EnsureOursAsync(cancellationToken);
        if (changes)
        {
            await scope.Recordings.WriteAsync(name, Of(RecordingState.Intended, scope, request), cancellationToken);
            if (!request.Headers.Contains(IdempotencyKey))
                request.Headers.Add(IdempotencyKey, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)));
        }

        return await CallOutAsync(scope, name, request, changes, cancellationToken);
    }

    private async Task<HttpResponseMessage> CallOutAsync(
        RecordingGateway.EventScope scope, string name, HttpRequestMessage request, bool changes, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        try
        {
            await scope.EnsureOursAsync(cancellationToken);   // Writing it down took its time, too.
            answer = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException cause) when (changes && cause.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            // Nobody was there to have done anything.
            await scope.Recordings.WriteAsync(name, Of(RecordingState.Failed, scope, request), cancellationToken);
            throw;
        }

        await LoadAsync(answer, scope, request, cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        var isFinal = answer.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) && (int)answer.StatusCode < 500;
        // Who is told to come back later has certainly not been served; a gateway's time-out may hide that the call was made.
        var isUnserved = answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
        if (isFinal || (changes && isUnserved))
        {
            var recording = Of(isFinal ? RecordingState.Answered : RecordingState.Failed, scope, request) with
            {
                Status = (int)answer.StatusCode,
                Headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value)),
                Body = body,
            };
            await scope.Recordings.WriteAsync(name, recording, cancellationToken);
        }

        return answer;
    }

    private async Task LoadAsync(HttpResponseMessage answer, RecordingGateway.EventScope scope, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            await answer.Content.LoadIntoBufferAsync(options.Value.AnswerBytesMax, cancellationToken);
        }
        catch (HttpRequestException cause) when (cause.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new PoisonEventException(scope.Recorded.Offset,
                $"the answer to {request.Method} {request.RequestUri} is longer than {options.Value.AnswerBytesMax} bytes (Gateway:AnswerBytesMax), and cannot be recorded.", cause);
        }
    }

    private HttpResponseMessage Missing(RecordingGateway.EventScope scope, HttpRequestMessage request) => options.Value.OnMissing switch
    {
        MissingRecordingPolicy.Skip => throw new CallSkippedException($"{request.Method} {request.RequestUri}"),
        MissingRecordingPolicy.Stub => new HttpResponseMessage((HttpStatusCode)options.Value.StubStatus) { Content = new StringContent(options.Value.StubBody), RequestMessage = request },
        _ => throw new PoisonEventException(scope.Recorded.Offset, $"{request.Method} {request.RequestUri} was never recorded for this event, and a replay calls nobody. "
            + "Gateway:OnMissing=Skip or Stub goes on without."),
    };

    private Recording Of(RecordingState state, RecordingGateway.EventScope scope, HttpRequestMessage request) => new(
        state, request.Method.Method, $"{request.RequestUri}", scope.Recorded.Position, Status: 0, new Dictionary<string, string>(), [], time.GetUtcNow());

    // The same call of the same event is found again by what it asks, not by when.
    private static async Task<string> CallAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = $"{request.Method} {request.RequestUri?.PathAndQuery}";
        if (request.Content is null)
            return call;
        await request.Content.LoadIntoBufferAsync(cancellationToken);
        return $"{call} {Convert.ToHexStringLower(SHA256.HashData(await request.Content.ReadAsByteArrayAsync(cancellationToken)).AsSpan(0, 8))}";
    }

    private static HttpResponseMessage Answer(Recording recording, HttpRequestMessage request)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)recording.Status) { Content = new ByteArrayContent(recording.Body), RequestMessage = request };
        foreach (var (name, value) in recording.Headers)
        {
            if (!answer.Headers.TryAddWithoutValidation(name, value))
                answer.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    }
}
