using System.Text;
using Confluent.Kafka;
using Streaming.Contracts.Envelope;

namespace Streaming.Sinks.Events;

/// <summary>What a sink takes from an event's headers.</summary>
/// <param name="Id">Null when it is missing, or no UUID.</param>
/// <param name="HasBadText">A value is no UTF-8: the record is no event of ours.</param>
public readonly record struct EventHeaders(Guid? Id, string? CausationId, string? CorrelationId, string? Actor, bool HasBadText = false)
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static EventHeaders Read(Headers? headers)
    {
        var found = default(EventHeaders);
        try
        {
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
        }
        catch (DecoderFallbackException)
        {
            return found with { HasBadText = true };   // Said where the record is decoded, by the partition's own worker.
        }

        return found;
    }

    private static string? Text(IHeader header) => header.GetValueBytes() is { } bytes ? _utf8.GetString(bytes) : null;
}
