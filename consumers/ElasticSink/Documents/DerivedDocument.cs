using System.Text.Json.Serialization;

namespace Streaming.ElasticSink.Documents;

/// <summary>A document with where it comes from. It is read and written as one object: in one pass, without a tree of it in between.</summary>
internal abstract record DerivedDocument
{
    /// <summary>Set by the fold; projections need not care.</summary>
    [JsonRequired]
    [JsonPropertyOrder(-1)]
    public DocumentMeta Meta { get; init; } = DocumentMeta.None;
}
