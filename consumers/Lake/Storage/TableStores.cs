using Amazon.Runtime;
using Amazon.S3;

namespace Streaming.Lake.Storage;

/// <summary>How S3 is reached. What is not said is found as AWS's own tools find it: environment, profile, the machine's role.</summary>
/// <param name="ServiceUrl">Of a service other than AWS's, such as <c>http://127.0.0.1:9000</c>; buckets are addressed by path there. Null for AWS.</param>
internal sealed record S3Settings(string? ServiceUrl = null, string? Region = null, string? AccessKey = null, string? SecretKey = null);

/// <summary>Makes stores of addresses.</summary>
internal static class TableStores
{
    private const string S3Scheme = "s3://";
    private const string FileScheme = "file://";

    /// <param name="url">A folder, as a path or as <c>file:///path</c>, or <c>s3://bucket/path</c>.</param>
    public static ITableStore Open(string url, S3Settings settings)
    {
        if (url.StartsWith(FileScheme, StringComparison.Ordinal))
            return new LocalStore(Path.GetFullPath(url[FileScheme.Length..]));
        if (!url.StartsWith(S3Scheme, StringComparison.Ordinal))
            return new LocalStore(Path.GetFullPath(url));
        var (bucket, prefix) = url[S3Scheme.Length..].Split('/', 2) is [var name, var path] ? (name, path) : (url[S3Scheme.Length..], "");
        return new S3Store(Client(settings), bucket, prefix);
    }

    internal static AmazonS3Client Client(S3Settings settings)
    {
        // Services other than AWS's know no checksums behind the body.
        var config = new AmazonS3Config
        {
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (settings.ServiceUrl is { Length: > 0 } serviceUrl)
        {
            (config.ServiceURL, config.ForcePathStyle, config.AuthenticationRegion) = (serviceUrl, true, settings.Region ?? "us-east-1");
        }
        else if (settings.Region is { Length: > 0 } region)
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }

        return settings.AccessKey is { Length: > 0 } accessKey
            ? new AmazonS3Client(new BasicAWSCredentials(accessKey, settings.SecretKey), config)
            : new AmazonS3Client(config);
    }
}
