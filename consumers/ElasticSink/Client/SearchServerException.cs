namespace Streaming.ElasticSink.Client;

/// <summary>The search server answered with an error.</summary>
/// <param name="status">HTTP's.</param>
/// <param name="type">Elasticsearch's, such as <c>version_conflict_engine_exception</c>; empty where the answer has none.</param>
internal sealed class SearchServerException(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;
    public string Type { get; } = type;

    /// <summary>Too many requests, or a server that is not itself: trying again can help.</summary>
    public bool MayPass => Status is 408 or 429 or >= 500;

    public bool IsConflict => Status == 409;
}
