namespace Streaming.Broker.Security;

/// <summary>A client did not authenticate. The message is what it is told, and tells nobody whether the user exists.</summary>
internal sealed class SaslException(string message) : Exception(message)
{
    public static SaslException WrongCredentials(string mechanism) => new($"Authentication failed during authentication due to invalid credentials with SASL mechanism {mechanism}");
}
