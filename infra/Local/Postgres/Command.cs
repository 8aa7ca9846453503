using System.Diagnostics;

namespace Streaming.Local.Postgres;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="PostgresUnavailableException">It ended with another code than 0; the message has what it wrote.</exception>
    public static async Task<string> RunAsync(IEnumerable<string> commandLine, CancellationToken cancellationToken, string? input = null)
    {
        var start = Describe(commandLine);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new PostgresUnavailableException($"{Path.GetFileName(start.FileName)} {string.Join(' ', start.ArgumentList)} " +
                $"ended with {process.ExitCode}: {await output}{await errors}".TrimEnd());
    }

    public static ProcessStartInfo Describe(IEnumerable<string> commandLine)
    {
        var words = commandLine.ToList();
        // A working directory that the server's user may not enter makes every PostgreSQL program complain.
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { WorkingDirectory = "/", UseShellExecute = false };
        // Messages are compared with English text, and PG* variables of the caller mean another server.
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}

/// <summary>The private PostgreSQL cannot be had; the message says why and what to do.</summary>
public sealed class PostgresUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
