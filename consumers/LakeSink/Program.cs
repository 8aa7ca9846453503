using Streaming.LakeSink;
using Streaming.Sinks;

return await LakeSinkHost.Build(args).RunSinkHostAsync();
