using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Streaming.Registry;

/// <summary>The registry's own certificate, where it listens by https.</summary>
internal static class ServerCertificate
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files are no certificate and its key.</exception>
    public static void Use(HttpsConnectionAdapterOptions https, RegistryServerOptions options)
    {
        https.ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.CertificateKeyFile.Length > 0 ? options.CertificateKeyFile : null);
        https.ServerCertificateChain = [];
        https.ServerCertificateChain.ImportFromPemFile(options.CertificateFile);
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    }
}
