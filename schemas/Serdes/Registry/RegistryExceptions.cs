using System.Net;

namespace Streaming.Serdes.Registry;

/// <summary>A registry refused a request, or could not be asked.</summary>
public class RegistryException : Exception
{
    public RegistryException(string message, HttpStatusCode? status = null, int errorCode = 0, Exception? cause = null)
        : base(message, cause) => (Status, ErrorCode) = (status, errorCode);

    /// <summary>The answer's HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Confluent's <c>error_code</c>, such as 40401; 0 when there was none.</summary>
    public int ErrorCode { get; }
}

/// <summary>No answer, or only server errors, after all retries. Asking again later may work.</summary>
public sealed class RegistryUnavailableException(string message, HttpStatusCode? status, int errorCode, Exception? cause)
    : RegistryException(message, status, errorCode, cause);

/// <summary>The subject, version, schema or id asked for is not in the registry (40401, 40402, 40403).</summary>
public sealed class SchemaNotRegisteredException(string message, HttpStatusCode? status, int errorCode)
    : RegistryException(message, status, errorCode);

/// <summary>The schema contradicts the subject's earlier versions under its compatibility level (409).</summary>
public sealed class IncompatibleSchemaException(string message, HttpStatusCode? status, int errorCode)
    : RegistryException(message, status, errorCode);

/// <summary>The registry could not read the schema, or refuses it on its own (42201).</summary>
public sealed class SchemaRefusedException(string message, HttpStatusCode? status, int errorCode)
    : RegistryException(message, status, errorCode);

/// <summary>The registry asks for other credentials (401, 403).</summary>
public sealed class RegistryAccessDeniedException(string message, HttpStatusCode? status, int errorCode)
    : RegistryException(message, status, errorCode);
