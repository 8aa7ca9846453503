using Spectre.Console;

namespace Streaming.Cli;

/// <summary>Where output goes: a terminal with its width, or a file or pipe with room for every column.</summary>
internal static class Terminal
{
    private const int RedirectedColumns = 160;

    public static IAnsiConsole Open(TextWriter output, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (isRedirected)
            console.Profile.Width = RedirectedColumns;
        return console;
    }
}
