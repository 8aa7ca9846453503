using System.ComponentModel.DataAnnotations;

namespace Streaming.Broker.Security;

/// <summary>Who may connect, and whether what is said can be overheard. By default anybody, and in plain text. There are no ACLs: who is in may do everything.</summary>
public sealed class SecurityOptions : IValidatableObject
{
    /// <summary>Names and passwords. With any, every connection must authenticate by SASL; without, none can.</summary>
    public IDictionary<string, string> Users { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How clients may authenticate, comma separated ("sasl.enabled.mechanisms"). PLAIN shows the password to whoever overhears: offer it with TLS only.</summary>
    [Required]
    public string Mechanisms { get; set; } = "SCRAM-SHA-256,SCRAM-SHA-512,PLAIN";

    /// <summary>The server's certificate with its chain, as PEM. Set: every connection is TLS, 1.2 at least.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's private key as PEM; empty: it is in <see cref="CertificateFile"/>.</summary>
    public string CertificateKeyFile { get; set; } = "";

    /// <summary>How long a client may take to shake hands and to authenticate; then its connection is closed.</summary>
    [Range(1, int.MaxValue)]
    public int HandshakeMsMax { get; set; } = 30_000;

    /// <summary>Largest frame of a client that is not authenticated yet ("sasl.server.max.receive.size"). Those above 64 KiB are 32 at a time; more wait, and hold up nobody
    /// who is authenticated.</summary>
    [Range(1_024, int.MaxValue - 1_024)]
    public int UnauthenticatedFrameBytesMax { get; set; } = 512 * 1_024;

    internal IReadOnlyList<string> MechanismNames => Mechanisms.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var unknown in MechanismNames.Except(SaslServer.Known))
            yield return new ValidationResult($"{unknown} is no SASL mechanism that is served: give some of {string.Join(", ", SaslServer.Known)}.", [nameof(Mechanisms)]);
        if (Users.Any(user => user.Key.Length == 0 || user.Value.Length == 0))
            yield return new ValidationResult("A user needs a name and a password.", [nameof(Users)]);
        if (CertificateKeyFile.Length > 0 && CertificateFile.Length == 0)
            yield return new ValidationResult($"{nameof(CertificateKeyFile)} needs {nameof(CertificateFile)}.", [nameof(CertificateFile)]);
    }
}
