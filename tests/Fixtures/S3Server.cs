using System.Diagnostics;

namespace Streaming.Fixtures;

/// <summary>S3Proxy over a folder, a store that nobody of this project wrote: <c>../shared/servers/s3</c>, where it is.</summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string AccessKey = "test";
    public const string SecretKey = "testtest";

    private static readonly Lazy<string?> Script = new(Find);

    private readonly TempFolder _folder;

    private S3Server(TempFolder folder, string url) => (_folder, Url) = (folder, url);

    public static bool IsPresent => Script.Value is not null;

    public string Url { get; }

    /// <summary>What a client of AWS's kind takes from its environment.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["AWS_ENDPOINT_URL"] = Url, ["AWS_ACCESS_KEY_ID"] = AccessKey, ["AWS_SECRET_ACCESS_KEY"] = SecretKey, ["AWS_REGION"] = "us-east-1",
    };

    public static async Task<S3Server> StartAsync()
    {
        var folder = new TempFolder("s3");
        var port = FreePorts.One();
        await RunAsync("start", folder.Path, "--port", $"{port}");
        return new(folder, $"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop", _folder.Path);
        _folder.Dispose();
    }

    private static string? Find()
    {
        var script = Repository.Root is null ? null : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "servers", "s3", "s3"));
        if (script is not null && File.Exists(script))
            return script;
        Console.WriteLine("absent: no S3 server here (no ../shared/servers); its tests are left out.");
        return null;
    }

    // The server inherits what the script writes to, which would never end; so that is nothing.
    private static async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", "\"$@\" >/dev/null 2>&1 </dev/null", "bash", Script.Value!, .. arguments]);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("S3Proxy could not be started.");
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"s3 {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}

/// <summary>The tests need an S3 server.</summary>
public sealed class NeedsS3ServerAttribute : RequirementAttribute
{
    public override bool IsMet => S3Server.IsPresent;
}
