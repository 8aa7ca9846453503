using Streaming.Avro;
using Streaming.Serdes;

namespace Streaming.Commands.Records;

/// <summary>Records as they stand on a topic, and back. Called on a partition's own thread, so it may block for the registry.</summary>
public interface IRecordFormat
{
    /// <summary>The record's bytes in Confluent wire format.</summary>
    byte[] Encode(IAvroRecord record);

    /// <summary>The record in these bytes, whichever version of its schema they were written with.</summary>
    /// <exception cref="UndecodableRecordException">They hold no record that is known here. They never will.</exception>
    /// <exception cref="Serdes.Registry.RegistryUnavailableException">Nobody can tell now.</exception>
    IAvroRecord Decode(ReadOnlyMemory<byte> frame);
}
