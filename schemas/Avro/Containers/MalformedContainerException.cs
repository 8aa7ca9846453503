namespace Streaming.Avro.Containers;

/// <summary>A file is no object container file, is damaged, or needs what this machine lacks. The message says what was found, and where.</summary>
public sealed class MalformedContainerException : Exception
{
    public MalformedContainerException()
    {
    }

    public MalformedContainerException(string message)
        : base(message)
    {
    }

    public MalformedContainerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
