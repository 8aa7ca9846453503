using System.Net;

namespace Streaming.Serdes.Tests.Registry;

/// <summary>Answers requests as the test wrote down, in order; the last answer stands for all that follow.</summary>
internal sealed class ScriptedHandler(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    public List<HttpRequestMessage> Requests { get; } = [];

    public static Func<HttpRequestMessage, HttpResponseMessage> Answer(HttpStatusCode status, string body) =>
        _ => new HttpResponseMessage(status) { Content = new StringContent(body) };

    public static Func<HttpRequestMessage, HttpResponseMessage> Ok(string body) => Answer(HttpStatusCode.OK, body);

    public static Func<HttpRequestMessage, HttpResponseMessage> Refused() => _ => throw new HttpRequestException("connection refused");

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return answers[Math.Min(Requests.Count, answers.Length) - 1](request);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));
}
