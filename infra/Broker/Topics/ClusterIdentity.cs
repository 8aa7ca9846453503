using System.Buffers.Text;
using System.Text;

namespace Streaming.Broker.Topics;

/// <summary>The cluster id: 16 random bytes in URL-safe base64, as Kafka writes it, in a file beside the data.</summary>
internal static class ClusterIdentity
{
    private const string FileName = "cluster-id";

    public static string Open(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        var clusterId = Base64Url.EncodeToString(Guid.NewGuid().ToByteArray());
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(clusterId));
        return clusterId;
    }
}
