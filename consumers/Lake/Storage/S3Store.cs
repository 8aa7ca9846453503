using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Streaming.Lake.Storage;

/// <summary>Tables in a bucket of S3, or of a service that speaks its protocol and knows <c>If-None-Match</c> on PUT.</summary>
/// <param name="prefix">Folder within the bucket; empty for its root.</param>
internal sealed class S3Store(IAmazonS3 client, string bucket, string prefix) : ITableStore
{
    private const int DeletesAtOnce = 16;

    private readonly string _prefix = prefix.Length == 0 ? "" : prefix.TrimEnd('/') + "/";

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetObjectAsync(bucket, _prefix + path, cancellationToken);
            using var content = new MemoryStream(checked((int)answer.ContentLength));
            await answer.ResponseStream.CopyToAsync(content, cancellationToken);
            return content.GetBuffer().AsMemory(0, (int)content.Length);
        }
        catch (AmazonS3Exception cause) when (cause.StatusCode == HttpStatusCode.NotFound && cause.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }

    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await PutAsync(path, content, ifNoneMatch: null, cancellationToken);

    public async Task<bool> TryAddAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await PutAsync(path, content, ifNoneMatch: "*", cancellationToken);
            return true;
        }
        catch (AmazonS3Exception cause) when (cause.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<StoredFile>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var files = new List<StoredFile>();
        await foreach (var page in PagesAsync(folder.Length == 0 ? "" : folder.TrimEnd('/') + "/", delimiter: null, cancellationToken))
        {
            foreach (var item in page.S3Objects ?? [])
                files.Add(new(item.Key[_prefix.Length..], item.Size ?? 0, new DateTimeOffset((item.LastModified ?? DateTime.UnixEpoch).ToUniversalTime())));
        }
        return files;
    }

    public async Task<IReadOnlyList<string>> ListFoldersAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var page in PagesAsync("", delimiter: "/", cancellationToken))
            names.AddRange((page.CommonPrefixes ?? []).Select(folder => folder[_prefix.Length..].TrimEnd('/')));
        return names;
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        await client.DeleteObjectAsync(bucket, _prefix + path, cancellationToken);

    public async Task DeleteFolderAsync(string folder, CancellationToken cancellationToken) => await Parallel.ForEachAsync(
        await ListAsync(folder, cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = DeletesAtOnce, CancellationToken = cancellationToken },
        async (file, cancel) => await DeleteAsync(file.Path, cancel));

    private async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(string below, string? delimiter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = _prefix + below, Delimiter = delimiter };
        while (true)
        {
            var page = await client.ListObjectsV2Async(request, cancellationToken);
            yield return page;
            if (page.IsTruncated != true)
                yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    private async Task PutAsync(string path, ReadOnlyMemory<byte> content, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket, Key = _prefix + path, InputStream = stream, IfNoneMatch = ifNoneMatch, UseChunkEncoding = false, AutoCloseStream = false,
            },
            cancellationToken);
    }
}
