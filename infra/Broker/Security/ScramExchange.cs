using System.Security.Cryptography;
using System.Text;

namespace Streaming.Broker.Security;

/// <summary>SASL SCRAM without channel binding: the client proves that it knows the password, and so does the server, and neither shows it.</summary>
/// <remarks>Names are taken as UTF-8 without SASLprep, as Kafka does. Source: RFC 5802, RFC 7677.</remarks>
internal sealed class ScramExchange(string mechanism, HashAlgorithmName hash, ScramCredentials credentials) : ISaslExchange
{
    private const int NonceBytes = 18;

    private string? _name;
    private ScramCredential? _credential;
    private string _header = "";
    private string _serverNonce = "";
    private string _firstMessages = "";
    private bool _isOver;

    public string? UserName { get; private set; }

    public byte[] Answer(ReadOnlySpan<byte> said)
    {
        var message = Encoding.UTF8.GetString(said);
        if (_isOver)
            throw new SaslException("The SCRAM exchange is over");
        if (_credential is null)
            return Encoding.UTF8.GetBytes(Begin(message));
        _isOver = true;
        return Encoding.UTF8.GetBytes(Finish(message, _credential));
    }

    // n,[a=authorization],n=name,r=nonce[,extensions] → r=nonce,s=salt,i=iterations
    private string Begin(string message)
    {
        var parts = message.Split(',');
        if (parts is not ["n" or "y", var authorization, ['n', '=', .. var escaped], ['r', '=', .. { Length: > 0 } clientNonce], .. var extensions])
            throw Malformed();
        if (extensions.Any(extension => extension.StartsWith("m=", StringComparison.Ordinal) || extension == "tokenauth=true"))
            throw new SaslException("SCRAM extensions are not supported");
        _name = Unescape(escaped);
        if (authorization.Length > 0 && (!authorization.StartsWith("a=", StringComparison.Ordinal) || Unescape(authorization[2..]) != _name))
            throw new SaslException("Authentication failed: Client requested an authorization id that is different from username");

        _credential = credentials.Of(_name, hash);
        _header = $"{parts[0]},{authorization},";
        _serverNonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        var answer = $"r={clientNonce}{_serverNonce},s={Convert.ToBase64String(_credential.Salt)},i={_credential.Iterations}";
        _firstMessages = $"{message[_header.Length..]},{answer}";
        return answer;
    }

    // c=header,r=nonce,p=proof → v=signature
    private string Finish(string message, ScramCredential credential)
    {
        var proofAt = message.LastIndexOf(",p=", StringComparison.Ordinal);
        if (proofAt < 0 || message[..proofAt].Split(',') is not [['c', '=', .. var binding], ['r', '=', .. var nonce], ..])
            throw Malformed();
        // By its end, as Kafka does: it is this server's part that keeps an old proof from being played again, and librdkafka before 2.6.1 says its own part twice.
        if (binding != Convert.ToBase64String(Encoding.UTF8.GetBytes(_header)) || !nonce.EndsWith(_serverNonce, StringComparison.Ordinal))
            throw Malformed();

        var said = Encoding.UTF8.GetBytes($"{_firstMessages},{message[..proofAt]}");
        if (!Proves(message[(proofAt + 3)..], said, credential))
            throw SaslException.WrongCredentials(mechanism);
        UserName = _name;
        return $"v={Convert.ToBase64String(CryptographicOperations.HmacData(hash, credential.ServerKey, said))}";
    }

    private bool Proves(string proof, byte[] said, ScramCredential credential)
    {
        var clientKey = CryptographicOperations.HmacData(hash, credential.StoredKey, said);
        var given = new byte[clientKey.Length];
        if (!Convert.TryFromBase64String(proof, given, out var length) || length != given.Length)
            return false;
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= given[i];
        return CryptographicOperations.FixedTimeEquals(CryptographicOperations.HashData(hash, clientKey), credential.StoredKey) && credential.IsReal;
    }

    private static string Unescape(string name) => name.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);

    private SaslException Malformed() => new($"Invalid message during {mechanism} authentication");
}
