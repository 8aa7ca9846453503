using Streaming.Fixtures;
using Streaming.Lake.Storage;
using Streaming.Lake.Tests.Support;

namespace Streaming.Chaos.ReadSide.Servers;

/// <summary>Where the lake lies: in a folder, or in a bucket behind somebody who makes trouble.</summary>
internal sealed class LakePlace : IAsyncDisposable
{
    private const string Bucket = "s3://chaos/lake";

    private readonly TempFolder? _folder;
    private readonly StubS3? _bucket;

    private LakePlace(TempFolder? folder, StubS3? bucket, TroubledServer? front) => (_folder, _bucket, Front) = (folder, bucket, front);

    /// <summary>Null for a folder: nobody stands between a host and its disk.</summary>
    public TroubledServer? Front { get; }

    /// <summary>What a host is told.</summary>
    public IReadOnlyDictionary<string, string> Settings => Front is null
        ? new Dictionary<string, string> { ["Lake__Url"] = _folder!.Path }
        : new Dictionary<string, string>
        {
            ["Lake__Url"] = Bucket, ["Lake__S3ServiceUrl"] = Front.Url, ["Lake__S3Region"] = "us-east-1", ["Lake__S3AccessKey"] = "test", ["Lake__S3SecretKey"] = "test",
        };

    public override string ToString() => Front is null ? "a folder" : "a bucket";

    public static LakePlace InFolder() => new(new("chaos-lake"), null, null);

    public static async Task<LakePlace> InBucketAsync()
    {
        var bucket = await StubS3.StartAsync(pageItems: 1_000);
        return new(null, bucket, await TroubledServer.StartAsync(bucket.Url, Troubles.OfS3));
    }

    /// <summary>Without any trouble.</summary>
    public ITableStore Open() => _bucket is null
        ? TableStores.Open(_folder!.Path, new())
        : TableStores.Open(Bucket, new(_bucket.Url, "us-east-1", "test", "test"));

    public async ValueTask DisposeAsync()
    {
        if (Front is not null)
            await Front.DisposeAsync();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
        _folder?.Dispose();
    }
}
