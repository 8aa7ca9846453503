using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Streaming.Registry.Store;

namespace Streaming.Registry.Api;

/// <summary>Turns whatever goes wrong into the API's error body: <c>{"error_code":40401,"message":"…"}</c>.</summary>
internal sealed class ErrorAnswers(ILogger logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await WriteAsync(context, new ApiError(context.Response.StatusCode, $"HTTP {context.Response.StatusCode}: {context.Request.Method} {context.Request.Path} is not served here"));
        }
        catch (ApiError error)
        {
            await WriteAsync(context, error);
        }
        catch (SchemaStoreException cause)
        {
            logger.RequestFailed(cause, context.Request.Method, context.Request.Path);
            await WriteAsync(context, ApiError.Store(cause.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception cause) when (!context.Response.HasStarted)
        {
            logger.RequestFailed(cause, context.Request.Method, context.Request.Path);
            await WriteAsync(context, new ApiError(500, "Internal Server Error; the registry's log says more."));
        }
    }

    private static Task WriteAsync(HttpContext context, ApiError error) =>
        Exchange.Answer(new ErrorAnswer(error.Code, error.Message), RelaxedJson.Api.ErrorAnswer, error.Status).ExecuteAsync(context);
}
