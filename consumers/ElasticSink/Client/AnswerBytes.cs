using System.Buffers;

namespace Streaming.ElasticSink.Client;

/// <summary>An answer's body in memory that is lent: large ones come with every batch.</summary>
internal sealed class AnswerBytes : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private byte[] _bytes;
    private int _count;

    private AnswerBytes(int sizeHint) => _bytes = ArrayPool<byte>.Shared.Rent(sizeHint);

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    public static async Task<AnswerBytes> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // One more than is announced: the read that finds the end needs space, too.
        var answer = new AnswerBytes((int)Math.Min(content.Headers.ContentLength + 1 ?? FirstBytes, Array.MaxLength));
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (await stream.ReadAsync(answer.Space(), cancellationToken) is > 0 and var count)
                answer._count += count;
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private Memory<byte> Space()
    {
        if (_count == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(_count);
    }
}
