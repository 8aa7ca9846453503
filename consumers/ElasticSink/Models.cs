using Streaming.Contracts.Topics;
using Streaming.ElasticSink.Accounts;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Fulfilment;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Orders;

namespace Streaming.ElasticSink;

/// <summary>Which documents the events of each context become.</summary>
internal static class Models
{
    public static readonly IReadOnlyList<ContextModels> All =
    [
        new(TopicCatalogue.Inventory.Events.Name, Products.Model),
        new(TopicCatalogue.Orders.Events.Name, OrderModel.Model),
        new(TopicCatalogue.Fulfilment.Events.Name, FulfilmentModel.Model),
        new(TopicCatalogue.Accounts.Events.Name, AccountModel.Model, AccountModel.Movements),
    ];

    /// <param name="topic">With the installation's prefix.</param>
    public static ContextModels Of(string topic) => All.FirstOrDefault(models => topic.EndsWith(models.Topic, StringComparison.Ordinal))
        ?? throw new InvalidOperationException($"No documents are made of {topic}; add it above.");

    public static IEnumerable<ReadModel> Indices => All.SelectMany(models => models.Entries is { } entries ? new[] { models.State, entries.Naming } : [models.State]);
}
