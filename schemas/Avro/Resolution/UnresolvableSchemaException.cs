namespace Streaming.Avro.Resolution;

/// <summary>Data of one schema can't be read as another. The message names the place and what doesn't fit.</summary>
public sealed class UnresolvableSchemaException : Exception
{
    public UnresolvableSchemaException()
    {
    }

    public UnresolvableSchemaException(string message)
        : base(message)
    {
    }

    public UnresolvableSchemaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
