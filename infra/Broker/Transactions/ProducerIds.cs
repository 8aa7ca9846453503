using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Transactions;

/// <summary>Hands out producer ids, each once in the life of the data: blocks of them are noted in a file before the first of a block is given.</summary>
internal sealed class ProducerIds
{
    private const string FileName = "producer-ids";
    private const int BlockSize = 1_000;
    private readonly Lock _gate = new();
    private readonly string _path;
    private long _next;
    private long _blockEnd;

    private readonly ILogger _logger;

    private ProducerIds(string path, long next, ILogger logger) => (_path, _next, _blockEnd, _logger) = (path, next, next, logger);

    public static ProducerIds Open(string dataDirectory, ILogger logger)
    {
        var path = Path.Combine(dataDirectory, FileName);
        var next = File.Exists(path) ? long.Parse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        return new ProducerIds(path, next, logger);
    }

    /// <summary>The next id; null when the disk has no room for noting a block of them.</summary>
    public long? TryNext()
    {
        lock (_gate)
        {
            if (_next == _blockEnd && !TryReserve())
                return null;
            return _next++;
        }
    }

    private bool TryReserve()
    {
        try
        {
            AtomicFile.Write(_path, Encoding.ASCII.GetBytes($"{_next + BlockSize}"));
            _blockEnd = _next + BlockSize;
            return true;
        }
        catch (IOException cause)
        {
            _logger.ProducerIdsNotReserved(cause);
            return false;
        }
    }
}
