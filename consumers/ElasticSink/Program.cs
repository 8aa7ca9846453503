using Streaming.ElasticSink;
using Streaming.Hosting;

return await ElasticSinkHost.Build(args).RunStreamingHostAsync();
