using Streaming.Sinks;
using Streaming.SqlSink;

return await SqlSinkHost.Build(args).RunSinkHostAsync();
