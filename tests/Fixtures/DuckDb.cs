using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Streaming.Fixtures;

/// <summary>DuckDB, an independent reader: SQL over files, by the program in <c>samples/duckdb</c>.</summary>
public static class DuckDb
{
    private static readonly Lazy<bool> _isPresent = new(IsPresentHere);

    public static bool IsPresent => _isPresent.Value;

    /// <summary>The rows of the last statement.</summary>
    public static async Task<List<JsonObject>> QueryAsync(string sql)
    {
        var (code, output, errors) = await RunAsync(["query.js", sql]);
        return code == 0
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())]
            : throw new InvalidOperationException($"DuckDB says: {errors}\n{sql}");
    }

    private static bool IsPresentHere()
    {
        try
        {
            if (Repository.Root is not null && RunAsync(["-e", "require('@duckdb/node-api')"]).GetAwaiter().GetResult().Code == 0)
                return true;
        }
        catch (Win32Exception)
        {
            // Node.js itself is absent.
        }

        Console.WriteLine("absent: DuckDB (npm install in samples/duckdb); its tests are left out.");
        return false;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = Path.Combine(Repository.Root!, "samples", "duckdb"),
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("Node.js could not be started.");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}

/// <summary>The tests need DuckDB.</summary>
public sealed class NeedsDuckDbAttribute : RequirementAttribute
{
    public override bool IsMet => DuckDb.IsPresent;
}
