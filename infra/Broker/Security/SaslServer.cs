using System.Security.Cryptography;

namespace Streaming.Broker.Security;

/// <summary>Begins SASL exchanges with those mechanisms that are configured.</summary>
internal sealed class SaslServer(SecurityOptions options)
{
    private const string Scram256 = "SCRAM-SHA-256";
    private const string Scram512 = "SCRAM-SHA-512";

    private readonly ScramCredentials _credentials = new(options.Users);

    public static IReadOnlyList<string> Known { get; } = [PlainExchange.Mechanism, Scram256, Scram512];

    public IReadOnlyList<string> Mechanisms { get; } = options.MechanismNames;

    /// <summary>Null: the mechanism is not offered.</summary>
    public ISaslExchange? Begin(string mechanism) => !Mechanisms.Contains(mechanism) ? null : mechanism switch
    {
        PlainExchange.Mechanism => new PlainExchange(options.Users),
        Scram256 => new ScramExchange(mechanism, HashAlgorithmName.SHA256, _credentials),
        Scram512 => new ScramExchange(mechanism, HashAlgorithmName.SHA512, _credentials),
        _ => null,
    };
}
