using Streaming.Contracts.Topics;
using Streaming.Sinks.Sql;
using Streaming.__Name__;

return await SqlSinkRegistration.RunAsync(args, new SqlSinkDefinition("__name__", new SqlContext(TopicCatalogue.Orders, OrderTable.Projection)));
