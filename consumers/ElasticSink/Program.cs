using Streaming.ElasticSink;
using Streaming.Sinks;

return await ElasticSinkHost.Build(args).RunSinkHostAsync();
