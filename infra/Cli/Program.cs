using System.CommandLine;
using Streaming.Cli.Demo;

var root = new RootCommand("Operates a streaming pipeline.") { DemoCommand.Create() };
return await root.Parse(args).InvokeAsync();
