namespace Streaming.Avro.Binary;

/// <summary>Bytes are not what their schema says. The message says what was found, and at which byte.</summary>
public sealed class MalformedAvroException : Exception
{
    public MalformedAvroException()
    {
    }

    public MalformedAvroException(string message)
        : base(message)
    {
    }

    public MalformedAvroException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public MalformedAvroException(int position, string what, Exception? innerException = null)
        : base($"Malformed Avro at byte {position}: {what}.", innerException) => Position = position;

    /// <summary>Offset, within the bytes that were read, of the value that is wrong; 0 when it is not known.</summary>
    public int Position { get; }
}
