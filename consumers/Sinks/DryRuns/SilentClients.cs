using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using Streaming.Sinks.Gateway;

namespace Streaming.Sinks.DryRuns;

/// <summary>Keeps every HTTP client of the host from calling out in a dry run, recorded or not.</summary>
internal sealed class SilentClients(IOptions<DryRunOptions> options) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (options.Value.IsOn)
            builder.AdditionalHandlers.Add(new Barrier());   // Innermost: a recorded client has answered from its record before.
    };

    private sealed class Barrier : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new CallSkippedException($"{request.Method} {request.RequestUri}");
    }
}
