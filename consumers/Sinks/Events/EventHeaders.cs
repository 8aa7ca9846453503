using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;

namespace Streaming.Sinks.Events;

/// <summary>What a sink takes from an event's headers.</summary>
/// <param name="Id">Null when it is missing, or no UUID.</param>
internal readonly record struct EventHeaders(Guid? Id, string? CausationId, string? CorrelationId, string? Actor)
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="DecoderFallbackException">A value is no UTF-8.</exception>
    public static EventHeaders Read(Headers? headers)
    {
        var found = default(EventHeaders);
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            var header = headers![i];
            found = header.Key switch
            {
                HeaderNames.Id => found with { Id = Guid.TryParse(Text(header), out var id) ? id : null },
                HeaderNames.CausationId => found with { CausationId = Text(header) },
                HeaderNames.CorrelationId => found with { CorrelationId = Text(header) },
                HeaderNames.Actor => found with { Actor = Text(header) },
                _ => found,
            };
        }

        return found;
    }

    private static string? Text(IHeader header) => header.GetValueBytes() is { } bytes ? _utf8.GetString(bytes) : null;
}
