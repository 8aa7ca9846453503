using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Broker.Security;

/// <summary>What the server knows of one user for one hash: enough to check a proof, not enough to make one.</summary>
internal sealed record ScramCredential(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey, bool IsReal);

/// <summary>Derives each user's SCRAM credential once, when it is first asked for. Source: RFC 5802, section 3.</summary>
internal sealed class ScramCredentials(IDictionary<string, string> users)
{
    // Kafka's default, and the least that RFC 7677 wants.
    private const int Iterations = 4_096;
    private const int SaltBytes = 16;

    private readonly ConcurrentDictionary<(string Name, HashAlgorithmName Hash), ScramCredential> _derived = [];
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>A user that does not exist has a credential as well, the same each time, that no password fits: nobody learns which users there are.</summary>
    public ScramCredential Of(string name, HashAlgorithmName hash) => users.TryGetValue(name, out var password)
        ? _derived.GetOrAdd((name, hash), key => Derive(Salt(key.Name), password, hash, isReal: true))
        : new ScramCredential(Salt(name), Iterations, Salt(name), Salt(name), IsReal: false);

    private static ScramCredential Derive(byte[] salt, string password, HashAlgorithmName hash, bool isReal)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, hash, HashBytes(hash));
        var clientKey = CryptographicOperations.HmacData(hash, salted, "Client Key"u8);
        return new ScramCredential(
            salt, Iterations, CryptographicOperations.HashData(hash, clientKey), CryptographicOperations.HmacData(hash, salted, "Server Key"u8), isReal);
    }

    private static int HashBytes(HashAlgorithmName hash) => hash == HashAlgorithmName.SHA512 ? SHA512.HashSizeInBytes : SHA256.HashSizeInBytes;

    private byte[] Salt(string name) => HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(name))[..SaltBytes];
}
