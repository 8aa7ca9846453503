using System.Net;
using Amazon.Runtime;

namespace Streaming.LakeSink;

/// <summary>Which failures of a store may pass by themselves.</summary>
internal static class StoreFailures
{
    public static bool MayPass(Exception failure) => failure switch
    {
        AggregateException { InnerException: { } inner } => MayPass(inner),
        AmazonServiceException service => service.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        AmazonClientException or HttpRequestException or TimeoutException => true,
        IOException => true,
        _ => false,
    };
}
