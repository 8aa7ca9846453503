using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.Fixtures;

/// <summary>delta-rs, an independent reader of Delta tables, and a writer to compare with: <c>../shared/servers/delta</c>, where it is.</summary>
public static class DeltaReader
{
    private static readonly Lazy<string?> Script = new(Find);

    public static bool IsPresent => Script.Value is not null;

    /// <summary>Version, schema, files and rows of a table.</summary>
    public static async Task<JsonObject> InfoAsync(string table, IReadOnlyDictionary<string, string>? environment = null) =>
        JsonNode.Parse(await RunAsync(environment, "info", table))!.AsObject();

    public static async Task<List<JsonObject>> RowsAsync(string table, string columns, IReadOnlyDictionary<string, string>? environment = null) =>
    [
        .. (await RunAsync(environment, "rows", table, "--columns", columns)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject()),
    ];

    public static async Task<long> CountAsync(string table, IReadOnlyDictionary<string, string>? environment = null) =>
        long.Parse(await RunAsync(environment, "count", table));

    /// <summary>How far an application has got; null when it never said.</summary>
    public static async Task<long?> TransactionAsync(string table, string appId, IReadOnlyDictionary<string, string>? environment = null) =>
        JsonSerializer.Deserialize<long?>(await RunAsync(environment, "txn", table, appId));

    /// <summary>Writes so many rows of four columns in batches of 100 000; the seconds that took.</summary>
    public static async Task<double> WriteAsync(string table, int rowCount) =>
        double.Parse(await RunAsync(null, "write", table, "--rows", $"{rowCount}"), System.Globalization.CultureInfo.InvariantCulture);

    private static string? Find()
    {
        var script = Repository.Root is null ? null : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "servers", "delta", "delta"));
        if (script is not null && File.Exists(script))
            return script;
        Console.WriteLine("absent: no delta-rs here (no ../shared/servers); its tests are left out.");
        return null;
    }

    private static async Task<string> RunAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Script.Value!, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("delta-rs could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"delta {string.Join(' ', arguments)}: {await errors}");
    }
}

/// <summary>The tests need delta-rs.</summary>
public sealed class NeedsDeltaReaderAttribute : RequirementAttribute
{
    public override bool IsMet => DeltaReader.IsPresent;
}
