using System.Security.Cryptography;
using System.Text;

namespace Streaming.Broker.Tests.Security;

/// <summary>A client's side of one SCRAM exchange. It can claim what is not true, under a proof that fits what it claims. Source: RFC 5802.</summary>
internal sealed class ScramClient(string mechanism, string name, string password)
{
    private readonly HashAlgorithmName _hash = mechanism == "SCRAM-SHA-512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;

    public string First => $"n,,n={name},r=abc";

    /// <param name="challenge">The server's first message.</param>
    /// <param name="claim">What is said before the proof; null: what should be.</param>
    public string Final(string challenge, string? claim = null)
    {
        var parts = challenge.Split(',');
        claim ??= $"c=biws,{parts[0]}";
        var salt = Convert.FromBase64String(parts[1][2..]);
        var hashBytes = _hash == HashAlgorithmName.SHA512 ? SHA512.HashSizeInBytes : SHA256.HashSizeInBytes;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, int.Parse(parts[2][2..]), _hash, hashBytes);
        var proof = CryptographicOperations.HmacData(_hash, salted, "Client Key"u8);
        var signature = CryptographicOperations.HmacData(
            _hash, CryptographicOperations.HashData(_hash, proof), Encoding.UTF8.GetBytes($"{First[3..]},{challenge},{claim}"));
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= signature[i];
        return $"{claim},p={Convert.ToBase64String(proof)}";
    }
}
