namespace Streaming.Broker.Wire;

/// <summary>Bytes of a message that are made piece by piece, once, each when the one before was sent: a large message is never in memory as a whole.</summary>
internal interface IDeferredBytes
{
    /// <summary>How many all pieces have together.</summary>
    int SizeBytes { get; }

    /// <summary>The next piece, valid until the one after it is asked for; empty at the end.</summary>
    /// <exception cref="IOException">The bytes that were promised cannot be had. The message cannot be ended, and so must its connection be.</exception>
    ReadOnlyMemory<byte> Next();
}
