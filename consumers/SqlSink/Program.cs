using Streaming.Hosting;
using Streaming.SqlSink;

return await SqlSinkHost.Build(args).RunStreamingHostAsync();
