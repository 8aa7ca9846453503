namespace Streaming.Avro.Schema;

/// <summary>A text is no Avro schema. The message says which rule it breaks, and where.</summary>
public sealed class InvalidSchemaException : Exception
{
    public InvalidSchemaException()
    {
    }

    public InvalidSchemaException(string message)
        : base(message)
    {
    }

    public InvalidSchemaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
