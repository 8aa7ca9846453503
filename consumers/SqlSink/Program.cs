using Streaming.SqlSink;

await SqlSinkHost.Build(args).RunAsync();
