using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Streaming.Broker.Security;

namespace Streaming.Broker.Server;

/// <summary>Shakes hands with clients under the broker's certificate.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly SslServerAuthenticationOptions _tls;
    private readonly X509Certificate2Collection _chain = [];
    private readonly X509Certificate2 _certificate;
    private readonly TimeSpan _patience;

    private TlsServer(SecurityOptions options)
    {
        _patience = TimeSpan.FromMilliseconds(options.HandshakeMsMax);
        _certificate = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.CertificateKeyFile.Length > 0 ? options.CertificateKeyFile : null);
        _chain.ImportFromPemFile(options.CertificateFile);
        _tls = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, _chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }

    /// <summary>Null: without a certificate, connections are in the clear.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files are no certificate and its key.</exception>
    public static TlsServer? Of(SecurityOptions options) => options.CertificateFile.Length > 0 ? new TlsServer(options) : null;

    /// <summary>Takes the socket over; where this throws, it is closed.</summary>
    /// <exception cref="AuthenticationException">The client does not speak TLS, or nothing that is accepted.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<ITransport> ShakeHandsAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(_patience);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(_tls, late.Token);
            return new TlsTransport(stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        _certificate.Dispose();
        foreach (var certificate in _chain)
            certificate.Dispose();
    }
}
