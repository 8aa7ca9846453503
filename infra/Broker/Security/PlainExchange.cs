using System.Security.Cryptography;
using System.Text;

namespace Streaming.Broker.Security;

/// <summary>SASL PLAIN: authorization id (optional), NUL, name, NUL, password. Source: RFC 4616.</summary>
internal sealed class PlainExchange(IDictionary<string, string> users) : ISaslExchange
{
    public const string Mechanism = "PLAIN";

    public string? UserName { get; private set; }

    public byte[] Answer(ReadOnlySpan<byte> said)
    {
        if (Encoding.UTF8.GetString(said).Split('\0') is not [var authorization, { Length: > 0 } name, { Length: > 0 } password])
            throw new SaslException("Invalid SASL/PLAIN response: expected authorization id, name and password");
        if (authorization.Length > 0 && authorization != name)
            throw new SaslException("Authentication failed: Client requested an authorization id that is different from username");

        // Compared as hashes, so that neither contents nor length show in the time it takes; an unknown user takes as long.
        var isRight = CryptographicOperations.FixedTimeEquals(Hash(password), Hash(users.TryGetValue(name, out var expected) ? expected : ""));
        if (!isRight || expected is null)
            throw SaslException.WrongCredentials(Mechanism);
        UserName = name;
        return [];
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
