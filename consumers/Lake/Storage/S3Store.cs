using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Streaming.Lake.Storage;

/// <summary>Tables in a bucket of S3, or of a service that speaks its protocol and knows <c>If-None-Match</c> on PUT.</summary>
/// <param name="prefix">Folder within the bucket; empty for its root.</param>
internal sealed class S3Store(IAmazonS3 client, string bucket, string prefix) : ITableStore
{
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
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = _prefix + (folder.Length == 0 ? "" : folder.TrimEnd('/') + "/") };
        while (true)
        {
            var page = await client.ListObjectsV2Async(request, cancellationToken);
            foreach (var item in page.S3Objects ?? [])
                files.Add(new(item.Key[_prefix.Length..], item.Size ?? 0, new DateTimeOffset((item.LastModified ?? DateTime.UnixEpoch).ToUniversalTime())));
            if (page.IsTruncated != true)
                return files;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        await client.DeleteObjectAsync(bucket, _prefix + path, cancellationToken);

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
