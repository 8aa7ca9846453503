using System.Text.Json;
using System.Text.Json.Serialization;
using Streaming.ElasticSink.Accounts;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Fulfilment;
using Streaming.ElasticSink.Inventory;
using Streaming.ElasticSink.Orders;
using Streaming.ElasticSink.Positions;

namespace Streaming.ElasticSink;

/// <summary>How documents are written; nulls are left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DocumentMeta))]
[JsonSerializable(typeof(ProductDocument))]
[JsonSerializable(typeof(OrderDocument))]
[JsonSerializable(typeof(FulfilmentDocument))]
[JsonSerializable(typeof(AccountDocument))]
[JsonSerializable(typeof(MovementDocument))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ElasticJson : JsonSerializerContext;
