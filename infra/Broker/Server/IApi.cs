using Streaming.Broker.Wire;

namespace Streaming.Broker.Server;

/// <summary>Versions of one API that are served, and the first of them that is flexible (KIP-482).</summary>
internal readonly record struct ApiVersionRange(short Lowest, short Highest, short FirstFlexible)
{
    /// <summary>For an API none of whose served versions is flexible.</summary>
    public const short NeverFlexible = short.MaxValue;

    public bool Contains(short version) => version >= Lowest && version <= Highest;
}

/// <summary>One Kafka API, whatever its messages are. Implement <see cref="IApi{TRequest,TResponse}"/>.</summary>
internal interface IApi
{
    ApiKey Key { get; }

    ApiVersionRange Versions { get; }

    /// <summary>Answers one request whose header was read. False: the protocol asks for no answer.</summary>
    ValueTask<bool> AnswerAsync(ReadOnlyMemory<byte> body, RequestContext context, WireWriter writer, CancellationToken cancellationToken);
}

/// <summary>
/// One Kafka API: codec and handler. One file per API; its documentation opens with the versions served, then remarks, what is left out, and the source.
/// </summary>
/// <remarks>
/// A version is known to <see cref="Decode"/> and <see cref="Encode"/> only (<see cref="WireReader.Version"/>, <see cref="WireWriter.Version"/>);
/// fields that a version lacks get the value that means their absence. A handler answers errors of the protocol as <see cref="ErrorCode"/>s, and throws
/// <see cref="MalformedFrameException"/> for what is no request at all. It may take its time (long polls): only its own connection waits.
/// A response that holds rented memory is <see cref="IDisposable"/>; it is disposed after it was sent.
/// </remarks>
internal interface IApi<TRequest, TResponse> : IApi
    where TResponse : class
{
    TRequest Decode(ref WireReader reader);

    /// <summary>Null: the protocol asks for no answer (produce with acks 0).</summary>
    ValueTask<TResponse?> HandleAsync(TRequest request, RequestContext context, CancellationToken cancellationToken);

    void Encode(WireWriter writer, TResponse response);

    async ValueTask<bool> IApi.AnswerAsync(ReadOnlyMemory<byte> body, RequestContext context, WireWriter writer, CancellationToken cancellationToken)
    {
        var request = DecodeFirst(body, context);
        var response = await HandleAsync(request, context, cancellationToken);
        if (response is null)
            return false;
        context.OwnUntilSent(response as IDisposable);
        Encode(writer, response);
        return true;
    }

    // What comes after the request is ignored, as Kafka does: librdkafka 2.15 sends three bytes too many when it asks for all topics.
    private TRequest DecodeFirst(ReadOnlyMemory<byte> body, RequestContext context)
    {
        var reader = new WireReader(body, context.Version, context.Version >= Versions.FirstFlexible, context.ElementsMax);
        return Decode(ref reader);
    }
}
