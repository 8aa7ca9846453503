using System.CommandLine;
using Streaming.Cli.Contexts;
using Streaming.Cli.Demo;
using Streaming.Cli.Fulfilment;
using Streaming.Cli.Schemas;
using Streaming.Cli.Servers;
using Streaming.Cli.Sinks;

var root = new RootCommand("Operates a streaming pipeline.")
{
    DemoCommand.Create(),
    new Command("verify", "Proves what was derived from the log.") { VerifySnapshotsCommand.Create() },
    EraseCommand.Create(),
    FulfilmentCommand.Create(),
    StatusCommand.Create(),
    SinksCommand.Create(),
    DeadLettersCommand.Create(),
    SchemasCommand.Create(),
    BrokerCommand.Create(),
    RegistryCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
