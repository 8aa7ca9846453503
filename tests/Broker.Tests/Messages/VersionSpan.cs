using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Versions of a message, as Kafka's definitions write them: <c>3</c>, <c>0-4</c>, <c>9+</c>, <c>none</c>.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct VersionSpan(short Lowest, short Highest)
{
    private static readonly VersionSpan None = new(0, -1);

    public bool Contains(short version) => version >= Lowest && version <= Highest;

    private static VersionSpan Parse(string text) => text switch
    {
        "none" => None,
        [.. var lowest, '+'] => new(Number(lowest), short.MaxValue),
        _ when text.Split('-') is [var lowest, var highest] => new(Number(lowest), Number(highest)),
        _ => new(Number(text), Number(text)),
    };

    private static short Number(string text) => short.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Converter : JsonConverter<VersionSpan>
    {
        public override VersionSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, VersionSpan value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
