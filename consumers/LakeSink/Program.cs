using Streaming.Hosting;
using Streaming.LakeSink;

return await LakeSinkHost.Build(args).RunStreamingHostAsync();
