using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Streaming.Hosting.Http;

/// <summary>The keys that tokens are signed with, from a file that may be replaced while the host runs.</summary>
internal sealed class TokenKeys(IOptions<HostOptions> options, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private IList<SecurityKey> _keys = [];
    private DateTime _writtenAt;
    private long _lookedAt;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">It holds no JWKS.</exception>
    public IList<SecurityKey> Current()
    {
        lock (_gate)
        {
            if (_keys.Count > 0 && time.GetElapsedTime(_lookedAt) < LookInterval)
                return _keys;
            var file = options.Value.Jwt.JwksFile!;
            var writtenAt = File.GetLastWriteTimeUtc(file);
            if (_keys.Count == 0 || writtenAt != _writtenAt)
                _keys = new JsonWebKeySet(File.ReadAllText(file)).GetSigningKeys();
            (_writtenAt, _lookedAt) = (writtenAt, time.GetTimestamp());
            return _keys;
        }
    }
}
