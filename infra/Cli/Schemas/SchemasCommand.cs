using System.CommandLine;
using Streaming.ContractRules;

namespace Streaming.Cli.Schemas;

/// <summary><c>streamctl schemas</c>: judges the contracts of a clone, and makes new versions public.</summary>
internal static class SchemasCommand
{
    public static Command Create() => new("schemas", "The Avro contracts in a clone's folder schemas.")
    {
        Of("check", "Checks every version against every other, and what is stored of each.", CheckAsync),
        Of("publish", "Lists new versions as published and stores a sample of each; from then on they never change.", PublishAsync),
    };

    private static Command Of(string name, string description, Func<string, Task<int>> run)
    {
        var folder = new Argument<string>("folder") { Description = "The folder of schemas.", DefaultValueFactory = _ => "schemas" };
        var command = new Command(name, description) { folder };
        command.SetAction(async (arguments, _) =>
        {
            try
            {
                return await run(arguments.GetValue(folder)!);
            }
            catch (DirectoryNotFoundException missing)
            {
                await Console.Error.WriteLineAsync($"{missing.Message} Give the folder schemas of a clone.");
                return 1;
            }
        });
        return command;
    }

    private static async Task<int> CheckAsync(string folder)
    {
        var report = ContractCheck.Run(folder);
        SchemasPrinter.Print(report, Terminal.Open(Console.Out, Console.IsOutputRedirected));
        await Console.Out.FlushAsync();
        return report.IsOk ? 0 : 1;
    }

    private static async Task<int> PublishAsync(string folder)
    {
        var written = Publication.Publish(folder);
        foreach (var path in written)
            await Console.Out.WriteLineAsync($"published {path}");
        return await CheckAsync(folder);
    }
}
