using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Streaming.Search.Failures;

namespace Streaming.Search.Api;

/// <summary>Reads a call, has it served, and sends its answer; whatever goes wrong becomes an error body as Elasticsearch's.</summary>
internal sealed class Exchange(Router router, int requestBytesMax, ILogger logger)
{
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            using var request = await ApiRequest.ReadAsync(context, requestBytesMax);
            using var answer = new ApiAnswer(request.Flag("pretty"));
            // Some of it takes its time, and blocks: it must not hold the connections' threads up.
            await Task.Run(() => router.AnswerAsync(request, answer));
            await answer.SendAsync(context, HttpMethods.IsHead(context.Request.Method));
        }
        catch (SearchFailure failure)
        {
            await SendAsync(context, failure);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
        catch (BadHttpRequestException cause)
        {
            await SendAsync(context, new SearchFailure(cause.StatusCode, "illegal_argument_exception", cause.Message, cause: cause));
        }
        catch (ObjectDisposedException cause)
        {
            await SendAsync(context, new SearchFailure(503, "index_closed_exception", "the index, or the node, is being closed", cause: cause));
        }
        catch (Exception cause) when (cause is InvalidOperationException or FormatException && cause.TargetSite?.DeclaringType?.Namespace == "System.Text.Json")
        {
            // A value of the body that is not of the kind that was read: text for a number, and the like.
            await SendAsync(context, SearchFailure.Parsing(cause.Message, cause));
        }
        catch (Exception cause)
        {
            logger.RequestFailed(cause, context.Request.Method, context.Request.Path);
            await SendAsync(context, new SearchFailure(500, "exception", "the search node failed; its log says more", cause: cause));
        }
    }

    private static async Task SendAsync(HttpContext context, SearchFailure failure)
    {
        if (context.Response.HasStarted)
            return;
        using var answer = new ApiAnswer(isPretty: false) { Status = failure.Status };
        ApiAnswer.WriteError(answer.Json, failure);
        await answer.SendAsync(context, HttpMethods.IsHead(context.Request.Method));
    }
}
